// One peer's control socket: challenge, hello, then words for the roster. Everything that arrives is hostile until it is
// parsed; nothing that a peer sends is ever logged.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type ClientMessage, parseClientMessage, type ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { verifyHello } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { TokenBucket } from '../admission/token-bucket.ts';
import { DistanceMeter } from './measure-distance.ts';

/** Close codes of the control socket (4000-4999 are an application's own; the last digits are HTTP's). */
export const CLOSE_CODES = {
  notAuthentic: 4401,
  banned: 4403,
  silent: 4408,
  /** The same identity connected again: do not reconnect. */
  replaced: 4409,
  versionMismatch: 4426,
  flooding: 4429,
  /** RFC 6455: the server goes away. */
  goingAway: 1001,
} as const;

/** A driver at an entry stage tells tokens up to forty times a second; twice and a half that is a broken or hostile peer. */
const MESSAGES_PER_SECOND = 100;
const MESSAGE_BURST = 300;
/** What one peer says at this pace is nobody's burden; what it says above it is counted with all of its address. */
const QUIET_PER_SECOND = 2;
const QUIET_BURST = 60;
/** Messages dropped for rate, or not understood, before the socket is closed. */
const MAX_OFFENCES = 100;
/** A peer that does not read is cut off before it fills the server's memory. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

/** What is left for others once the connection has answered `hello`. */
export type PeerMessage = Exclude<ClientMessage, { type: 'hello' }>;

export interface ConnectionOptions {
  logger: Logger;
  helloTimeoutMs: number;
  /** Whether a peer that dialled this host meant this server. */
  isOwnHost(host: string): boolean;
  /** Whether its address may say one more now, beside what a quiet peer says. */
  mayHear(): boolean;
  /** What a peer is told that is let in no more. */
  banOf(peer: PeerId): Promise<PoolError | undefined>;
  /** The peer proved its id. Sends `welcome`. */
  onWelcome(peer: PeerId, connection: ControlConnection): void;
  /** A parsed message of an authenticated peer. */
  onMessage(peer: PeerId, message: PeerMessage): void;
  /** Milliseconds there and back, as this server timed them. */
  onDistance(peer: PeerId, ms: number): void;
  /** Called once, with the id if the peer had one. */
  onClose(peer: PeerId | undefined, connection: ControlConnection): void;
}

export class ControlConnection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #nonce = randomBytes(32).toString('hex');
  readonly #bucket = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST, performance.now());
  readonly #quiet = new TokenBucket(QUIET_PER_SECOND, QUIET_BURST, performance.now());
  readonly #helloTimer: NodeJS.Timeout;
  #stage: 'challenged' | 'verifying' | 'welcome' | 'over' = 'challenged';
  #peer: PeerId | undefined;
  #distance: DistanceMeter | undefined;
  #offences = 0;
  #heardAtMs = performance.now();

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#helloTimer = setTimeout(() => {
      this.#refuse(new PoolError('not-authentic', 'The peer did not answer the challenge in time.'), 'notAuthentic');
    }, options.helloTimeoutMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    // A socket error (a message above the limit, say) is always followed by `close`.
    socket.on('error', (error) => options.logger.debug({ err: error }, 'control socket error'));
    socket.on('close', () => {
      clearTimeout(this.#helloTimer);
      this.#distance?.close();
      this.#stage = 'over';
      options.onClose(this.#peer, this);
    });
    this.send({ type: 'challenge', nonce: this.#nonce, version: PROTOCOL_VERSION });
  }

  /** When the peer last said anything, on `performance.now()`'s clock. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** False when it cannot be sent. */
  send(message: ServerMessage): boolean {
    return this.sendText(JSON.stringify(message));
  }

  /** A message as JSON, for who writes it once for many. */
  sendText(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.#socket.terminate();
      return false;
    }
    this.#socket.send(text);
    return true;
  }

  close(why: keyof typeof CLOSE_CODES): void {
    this.#stage = 'over';
    this.#socket.close(CLOSE_CODES[why], why);
    // A peer that does not answer the closing handshake is cut off by ws after 30 s; a silent one is gone already.
    if (why === 'silent' || why === 'flooding') this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#stage === 'over') return;
    this.#heardAtMs = performance.now();
    if (!this.#bucket.take(this.#heardAtMs)) {
      this.#offend(new PoolError('rate-limited', `More than ${MESSAGES_PER_SECOND} messages a second.`));
      return;
    }
    if (!this.#quiet.take(this.#heardAtMs) && !this.#options.mayHear()) {
      this.#offend(new PoolError('rate-limited', 'Too many messages of your address at once.'));
      return;
    }
    try {
      if (isBinary) throw new PoolError('bad-message', 'Control messages are text.');
      this.#handle(parseClientMessage(data.toString()));
    } catch (thrown) {
      const error = this.#shown(thrown);
      if (this.#stage === 'welcome') this.#offend(error);
      else this.#refuse(error, 'notAuthentic');
    }
  }

  #handle(message: ClientMessage): void {
    if (message.type === 'hello') {
      if (this.#stage !== 'challenged') throw new PoolError('bad-message', 'Hello was said already.');
      this.#stage = 'verifying';
      this.#welcome(message).catch((thrown) => this.#refuse(this.#shown(thrown), 'notAuthentic'));
      return;
    }
    if (this.#stage !== 'welcome' || !this.#peer) {
      throw new PoolError('not-authentic', 'Say hello and wait for the welcome first.');
    }
    if (message.type === 'heartbeat') {
      this.send({ type: 'heartbeat-ack', at: message.at });
      this.#distance?.ping();
    }
    this.#options.onMessage(this.#peer, message);
  }

  async #welcome(hello: Extract<ClientMessage, { type: 'hello' }>): Promise<void> {
    if (hello.version !== PROTOCOL_VERSION) {
      const error = new PoolError('version-mismatch', `This server speaks version ${PROTOCOL_VERSION}.`);
      this.#refuse(error, 'versionMismatch');
      return;
    }
    if (!this.#options.isOwnHost(hello.host)) {
      const sentence = `The hello is for the server at ${hello.host}, and this one does not know that it is reached there: --public-url.`;
      throw new PoolError('not-authentic', sentence);
    }
    const peer = await verifyHello(hello, this.#nonce);
    const ban = await this.#options.banOf(peer);
    if (ban) {
      this.#refuse(ban, 'banned');
      return;
    }
    if (this.#stage !== 'verifying') return;
    clearTimeout(this.#helloTimer);
    this.#stage = 'welcome';
    this.#peer = peer;
    this.#options.onWelcome(peer, this);
    this.#distance = new DistanceMeter(this.#socket, (ms) => this.#options.onDistance(peer, ms));
  }

  /** What nobody foresaw is logged, and of it no more is said than that. */
  #shown(thrown: unknown): PoolError {
    const error = PoolError.from(thrown);
    if (error.code !== 'internal') return error;
    this.#options.logger.error({ err: thrown }, 'a message could not be handled');
    return new PoolError('internal', 'The server failed.');
  }

  /** Answers an error and goes on; closes after too many. */
  #offend(error: PoolError): void {
    this.#offences += 1;
    if (this.#offences > MAX_OFFENCES) this.close('flooding');
    else this.send({ type: 'error', error: error.toShape() });
  }

  #refuse(error: PoolError, why: keyof typeof CLOSE_CODES): void {
    this.send({ type: 'error', error: error.toShape() });
    this.close(why);
  }
}
