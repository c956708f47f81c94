// A link over one message channel (a raw RTCDataChannel, or a port that stands for one): fragments frames, has both ends
// prove themselves before the first one, measures the round trip. Never interprets a frame.
import { PoolError } from '../../protocol/errors.ts';
import { cutFragments, FRAGMENT_MAGIC, FragmentJoiner } from '../../protocol/fragment.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { LINK_TIMEOUT_MS, MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { LinkRole } from '../../protocol/link-proof.ts';
import type { Link, LinkHandlers } from './link.ts';
import { type Fingerprints, LinkHandshake, type Standing } from './link-handshake.ts';
import {
  type ConfirmWord,
  encodeWord,
  type HelloWord,
  LINK_WORD_MAGIC,
  type LinkWord,
  otherVersion,
  parseWord,
  unexpected,
  type WelcomeWord,
} from './link-words.ts';
import type { MessageChannelLike } from './message-channel.ts';
import { RoundTrip } from './round-trip.ts';

/** A hello before the far side has heard of the epoch gets no answer; it is said again at this pace. */
const HELLO_AGAIN_MS = 100;
/** Messages that wait while a signature is made or checked. Signing takes a millisecond; more than this is a flood. */
const MAX_HELD_MESSAGES = 64;
/** Pace of round-trip measurement: 40 bytes, and quick enough that the first answer has a figure from a quiet moment. */
const PING_EVERY_MS = 250;

export interface ChannelLinkOptions {
  /** Whom the link must lead to: no other key opens it. */
  peer: PeerId;
  /** The one epoch whose frames may travel here. */
  epoch: number;
  /** The asker says hello; the answerer waits for it. */
  role: LinkRole;
  identity: Identity;
  fingerprints: Fingerprints;
  channel: MessageChannelLike;
  /** Public key of the orchestrator that signs tickets, base64url. */
  orchestratorKey(): string;
  /** This side's own ticket. While the answerer has none a hello gets no answer: the far side will ask again. */
  ticketOf(): string | undefined;
  /** Both ends are proved, as far as this end can tell; called once, before the first frame. */
  onProved?(): void;
  onFault?(error: PoolError): void;
  /** Called once, in the very call that closes the link. */
  onClosed?(): void;
}

/** A hello that waits for its welcome. */
interface Asking {
  ticket: string;
  /** A welcome came: ends the repetition. `finish` ends the wait: the link is proved, or failed. */
  stop(): void;
  finish(error?: PoolError): void;
}

export class ChannelLink implements Link {
  readonly peer: PeerId;
  closed = false;
  bytesIn = 0;
  bytesOut = 0;
  readonly #channel: MessageChannelLike;
  readonly #options: ChannelLinkOptions;
  readonly #handshake: LinkHandshake;
  readonly #joiner = new FragmentJoiner();
  readonly #early: Uint8Array[] = [];
  readonly #pingTimer: ReturnType<typeof setInterval>;
  readonly #proofTimer: ReturnType<typeof setTimeout> | undefined;
  #handlers: LinkHandlers | undefined;
  #asking: Asking | undefined;
  #isProved = false;
  /** What came while a signature is made or checked; in order. */
  #held: Uint8Array[] | undefined;
  #frameNumber = 0;
  readonly #roundTrip = new RoundTrip();

  constructor(options: ChannelLinkOptions) {
    this.peer = options.peer;
    this.#options = options;
    this.#handshake = new LinkHandshake(options);
    this.#channel = options.channel;
    this.#channel.onMessage((message) => this.#receive(message));
    this.#channel.onClose(() => this.close());
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
    // The asker has given up by then: a stranger cannot keep a link half open.
    if (options.role === 'answerer') this.#proofTimer = setTimeout(() => this.close(), LINK_TIMEOUT_MS);
  }

  /**
   * Proves both ends to one another. Resolves when the far side is proved and has been sent this side's proof; closes
   * the link and rejects with `ticket-refused`, `not-authentic`, `version-mismatch` or `link-failed`.
   */
  async hello(timeoutMs = LINK_TIMEOUT_MS): Promise<void> {
    if (this.closed) throw new PoolError('link-failed', 'The link to the neighbouring tab is closed.');
    if (this.#options.role !== 'asker') throw new PoolError('internal', 'The side that is asked says no hello.');
    if (this.#isProved) return;
    const ticket = this.#options.ticketOf();
    if (ticket === undefined) {
      this.close();
      throw new PoolError('ticket-refused', 'This tab has no ticket of that coalition.');
    }
    await new Promise<void>((resolve, reject) => {
      const hello = this.#handshake.hello(ticket);
      const again = setInterval(() => this.#say(hello), HELLO_AGAIN_MS);
      const late = new PoolError('link-failed', 'The neighbouring tab could not be reached in time.');
      const deadline = setTimeout(() => this.#fail(late), timeoutMs);
      this.#asking = {
        ticket,
        stop: () => clearInterval(again),
        finish: (error) => {
          clearInterval(again);
          clearTimeout(deadline);
          this.#asking = undefined;
          if (error) reject(error);
          else resolve();
        },
      };
      this.#say(hello);
    });
  }

  get rttMs(): number {
    return this.#roundTrip.ms;
  }

  /** What both tickets say; undefined until the far side's was accepted. */
  get standing(): Standing | undefined {
    return this.#handshake.standing;
  }

  /** Whether frames of this epoch may travel here: both ends have proved themselves. */
  speaks(epoch: number): boolean {
    return this.#isProved && epoch === this.#options.epoch;
  }

  send(frame: Uint8Array): void {
    if (this.closed) throw new PoolError('link-failed', 'The link to the neighbouring tab is closed.');
    if (this.#channel.bufferedAmount > 2 * MAX_FRAME_BYTES) {
      throw new PoolError('link-failed', 'The link to the neighbouring tab is too slow: its buffer is full.');
    }
    for (const fragment of cutFragments(this.#frameNumber, frame)) this.#put(fragment);
    this.#frameNumber = (this.#frameNumber + 1) >>> 0;
  }

  listen(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    for (const frame of this.#early.splice(0)) handlers.onFrame(frame);
    if (this.closed) handlers.onClose();
  }

  close(): void {
    this.#fail(new PoolError('link-failed', 'The link to the neighbouring tab was closed.'));
  }

  #fail(error: PoolError): void {
    if (this.closed) return;
    this.closed = true;
    this.#held = undefined;
    clearInterval(this.#pingTimer);
    clearTimeout(this.#proofTimer);
    this.#channel.close();
    this.#handlers?.onClose();
    // Told before who waits hears of it: it may begin another link to the same peer at once.
    this.#options.onClosed?.();
    this.#asking?.finish(error);
  }

  #put(message: Uint8Array<ArrayBuffer>): void {
    // Read before: a channel that transfers the buffer leaves none behind.
    const { byteLength } = message;
    try {
      this.#channel.send(message);
      this.bytesOut += byteLength;
    } catch (cause) {
      this.close();
      throw new PoolError('link-failed', 'The link to the neighbouring tab broke.', { cause });
    }
  }

  #say(word: LinkWord): void {
    if (this.closed) return;
    try {
      this.#put(encodeWord(word));
    } catch {
      // The link is closed now, and who waits on it has been told by close().
    }
  }

  #ping(): void {
    this.#say({ type: 'ping', at: performance.now() });
  }

  #receive(message: Uint8Array): void {
    this.bytesIn += message.byteLength;
    if (this.#held) this.#hold(this.#held, message);
    else this.#take(message);
  }

  #hold(held: Uint8Array[], message: Uint8Array): void {
    if (held.length < MAX_HELD_MESSAGES && message.byteLength <= MAX_FRAGMENT_BYTES) held.push(message);
    else this.#refuse(new PoolError('not-authentic', 'A peer sent too much before it was proved.'));
  }

  #take(message: Uint8Array): void {
    if (this.closed) return;
    try {
      if (message[0] === LINK_WORD_MAGIC) this.#hear(parseWord(message));
      else if (message[0] === FRAGMENT_MAGIC) this.#join(message);
      else throw new PoolError('bad-frame', 'A peer sent bytes that are neither frame nor word.');
    } catch (error) {
      const fault = PoolError.from(error);
      // The only word that every version must understand.
      if (fault.code === 'version-mismatch') this.#say({ type: 'refuse', version: PROTOCOL_VERSION });
      if (fault.code === 'version-mismatch' && this.#asking) this.#refuse(fault);
      else this.#options.onFault?.(fault);
    }
  }

  #join(message: Uint8Array): void {
    if (!this.#isProved) throw new PoolError('not-authentic', 'A peer sent a frame before its proof.');
    const frame = this.#joiner.push(message);
    if (!frame) return;
    if (this.#handlers) this.#handlers.onFrame(frame);
    else if (this.#early.length < 64) this.#early.push(frame);
  }

  #hear(word: LinkWord): void {
    if (word.type === 'ping') this.#say({ type: 'pong', at: word.at });
    else if (word.type === 'pong') this.#roundTrip.add(performance.now() - word.at);
    else if (word.type === 'hello') this.#hearHello(word);
    else if (word.type === 'welcome') this.#hearWelcome(word);
    else if (word.type === 'confirm') this.#hearConfirm(word);
    else if (this.#asking) this.#fail(otherVersion(word.version));
    else throw unexpected('refuse');
  }

  #hearHello(hello: HelloWord): void {
    const { role, epoch, ticketOf } = this.#options;
    if (role !== 'answerer') throw new PoolError('bad-frame', 'A peer that was asked asks back.');
    if (hello.epoch !== epoch || this.#handshake.hasAnswered(hello)) return;
    const ticket = ticketOf();
    if (ticket === undefined) return;
    this.#pause(async () => this.#say(await this.#handshake.welcome(hello, ticket)));
  }

  #hearWelcome(welcome: WelcomeWord): void {
    const asking = this.#asking;
    if (!asking || welcome.epoch !== this.#options.epoch) throw unexpected('welcome');
    asking.stop();
    this.#pause(async () => {
      this.#say(await this.#handshake.confirm(welcome, asking.ticket));
      if (this.closed) return;
      this.#prove();
      asking.finish();
    });
  }

  #hearConfirm(confirm: ConfirmWord): void {
    const { role, epoch } = this.#options;
    if (role !== 'answerer' || this.#isProved || confirm.epoch !== epoch) throw unexpected('confirm');
    this.#pause(async () => {
      await this.#handshake.check(confirm);
      if (!this.closed) this.#prove();
    });
  }

  #prove(): void {
    this.#isProved = true;
    clearTimeout(this.#proofTimer);
    this.#options.onProved?.();
    this.#ping();
  }

  /** Holds what arrives until `work` is done, so that messages stay in order; a failure closes the link. */
  #pause(work: () => Promise<void>): void {
    this.#held = [];
    work().then(
      () => {
        const held = this.#held ?? [];
        this.#held = undefined;
        // One of these may pause again: then those behind it are held anew.
        for (const message of held) {
          if (this.#held) this.#hold(this.#held, message);
          else this.#take(message);
        }
      },
      (error) => this.#refuse(PoolError.from(error)),
    );
  }

  #refuse(error: PoolError): void {
    if (this.closed) return;
    this.#fail(error);
    this.#options.onFault?.(error);
  }
}
