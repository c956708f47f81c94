// The control socket of a peer: proves who it is, keeps the connection, hands typed messages over, and says since when the server
// is away and when it is tried again. Plans nothing.
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { signHello } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { Host, HostSocket } from '../host/host.ts';
import { openSocket } from '../host/open-socket.ts';
import { retryPauseMs } from '../host/retry-pause.ts';
import type { ServerAway } from '../words/peer-state.ts';

type Welcome = ServerMessage & { type: 'welcome' };

export interface ControlHandlers {
  /** After each (re)connection: say again what the server must know. */
  onWelcome(welcome: Welcome): void;
  onMessage(message: ServerMessage): void;
  /** The connection is gone, or another try failed; it is tried again unless the error says that this is of no use. */
  onDown(error: PoolError, isFinal: boolean, away: ServerAway): void;
  /** What a heartbeat reports; the round trip to the server is added here. */
  vitals(): { sessions: number; tokens: number; rtts?: { peer: PeerId; ms: number }[] };
}

export interface ControlWays {
  /** `parseServerMessage`; another for who has no schemas. Throws `PoolError`. */
  read(text: string): ServerMessage;
  /** The host's; the standard WebSocket for scripts that are a peer without a host. */
  open?: Host['openSocket'];
}

/** A server that takes the connection and says nothing: another try may meet one that lives. */
const TRY_MS = 10_000;
/** Beats in a row that nothing came after. A server that stood still for ten seconds is there again: its tabs have not left it. */
const MAX_UNANSWERED_BEATS = 3;

export class ControlClient {
  readonly #url: string;
  readonly #keys: CryptoKeyPair;
  readonly #handlers: ControlHandlers;
  readonly #read: ControlWays['read'];
  readonly #open: Host['openSocket'];
  #socket: HostSocket | undefined;
  #isWelcome = false;
  #closed = false;
  /** Since the last welcome. */
  #tries = 0;
  #awaySinceMs: number | undefined;
  #unansweredBeats = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, keys: CryptoKeyPair, handlers: ControlHandlers, { read, open = openSocket }: ControlWays) {
    this.#url = url;
    this.#keys = keys;
    this.#handlers = handlers;
    this.#read = read;
    this.#open = open;
    this.#connect();
  }

  /** Sends when connected and known; otherwise drops it: `onWelcome` is where state is said again. */
  send(message: ClientMessage): void {
    if (this.#isWelcome && this.#socket?.isOpen) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.send({ type: 'leave' });
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
    this.#down();
  }

  #connect(): void {
    const socket = this.#open(this.#url);
    this.#socket = socket;
    let lastError = new PoolError('link-failed', 'The connection to the server broke.');
    socket.onMessage((text) => {
      if (this.#socket !== socket) return;
      this.#unansweredBeats = 0;
      try {
        const message = this.#read(text);
        if (message.type === 'error') lastError = PoolError.from(message.error);
        void this.#hear(socket, message);
      } catch (error) {
        lastError = PoolError.from(error);
        socket.close();
      }
    });
    socket.onClose(() => {
      if (this.#socket === socket) this.#lose(lastError);
    });
    this.#deadline = setTimeout(() => this.#leave(socket), TRY_MS);
  }

  /** A browser waits for the other side's word before it says that a socket is closed: a silent server gives none. */
  #leave(socket: HostSocket): void {
    this.#lose(new PoolError('link-failed', 'The server says nothing.'));
    socket.close();
  }

  #lose(error: PoolError): void {
    this.#socket = undefined;
    this.#down();
    if (this.#closed) return;
    // Another attempt with the same key and version would be refused again.
    const isFinal = error.subject === 'identity';
    const nowMs = performance.now();
    const pauseMs = retryPauseMs(this.#tries++);
    this.#awaySinceMs ??= nowMs;
    if (!isFinal) this.#retryTimer = setTimeout(() => this.#connect(), pauseMs);
    this.#handlers.onDown(error, isFinal, { sinceMs: this.#awaySinceMs, nextTryMs: nowMs + pauseMs });
  }

  async #hear(socket: HostSocket, message: ServerMessage): Promise<void> {
    if (message.type === 'challenge') {
      const { host, publicKey, signature } = await signHello(this.#keys, new URL(this.#url).host, message.nonce);
      const hello: ClientMessage = { type: 'hello', version: PROTOCOL_VERSION, host, publicKey, signature };
      if (socket.isOpen) socket.send(JSON.stringify(hello));
      return;
    }
    if (message.type === 'welcome') {
      this.#isWelcome = true;
      this.#tries = 0;
      this.#awaySinceMs = undefined;
      clearTimeout(this.#deadline);
      this.#beat = setInterval(() => this.#beatInTurn(socket), message.heartbeatMs);
      this.#handlers.onWelcome(message);
      this.beat();
      return;
    }
    if (message.type !== 'heartbeat-ack') this.#handlers.onMessage(message);
  }

  /** Says now what a heartbeat says: something that the planner asks about has been measured. */
  beat(): void {
    this.send({ type: 'heartbeat', at: performance.now(), ...this.#handlers.vitals() });
  }

  #beatInTurn(socket: HostSocket): void {
    if (this.#unansweredBeats >= MAX_UNANSWERED_BEATS) this.#leave(socket);
    else {
      this.#unansweredBeats++;
      this.beat();
    }
  }

  #down(): void {
    this.#isWelcome = false;
    this.#unansweredBeats = 0;
    clearInterval(this.#beat);
    clearTimeout(this.#deadline);
  }
}
