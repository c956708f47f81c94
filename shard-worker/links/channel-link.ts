// A link over one message channel (a raw RTCDataChannel, or a port that stands for one): fragments frames, proves the
// coalition's ticket, measures the round trip. Never interprets a frame.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { cutFragments, FRAGMENT_MAGIC, FragmentJoiner } from '../../protocol/fragment.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { LINK_TIMEOUT_MS, MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { Link, LinkHandlers } from './link.ts';

/** What RTCDataChannel and a bridged port have in common. */
export interface MessageChannelLike {
  readonly bufferedAmount: number;
  send(message: Uint8Array<ArrayBuffer>): void;
  onMessage(listener: (message: Uint8Array) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** First byte of a link's own messages: JSON between the two ends, beside the frames and in order with them. */
const LINK_WORD_MAGIC = 0xcb;
const MAX_WORD_BYTES = 1024;
/** A hello before the far side has heard of the epoch gets no answer; it is said again at this pace. */
const HELLO_AGAIN_MS = 100;
/** Pace of round-trip measurement: cheap (40 bytes), and slow enough for a hidden tab's timers. */
const PING_EVERY_MS = 1_000;
/** The round trip is the least of so many samples: a worker that computes answers late, and that is not the wire's. */
const RTT_SAMPLES = 16;

const wordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.number(), epoch: z.number(), ticket: z.string() }),
  z.object({ type: z.literal('welcome'), epoch: z.number() }),
  z.object({ type: z.literal('ping'), at: z.number() }),
  z.object({ type: z.literal('pong'), at: z.number() }),
]);
type LinkWord = z.infer<typeof wordSchema>;

export interface ChannelLinkOptions {
  peer: PeerId;
  channel: MessageChannelLike;
  /** Whether this ticket opens this epoch here. An epoch not heard of yet is `undefined`: the far side will ask again. */
  checkTicket(epoch: number, ticket: string): boolean | undefined;
  onFault?(error: PoolError): void;
}

export class ChannelLink implements Link {
  readonly peer: PeerId;
  closed = false;
  rttMs = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly #channel: MessageChannelLike;
  readonly #options: ChannelLinkOptions;
  readonly #joiner = new FragmentJoiner();
  readonly #early: Uint8Array[] = [];
  readonly #welcomes = new Map<number, () => void>();
  readonly #openEpochs = new Set<number>();
  readonly #pingTimer: ReturnType<typeof setInterval>;
  #handlers: LinkHandlers | undefined;
  #frameNumber = 0;
  #rttSamples: number[] = [];

  constructor(options: ChannelLinkOptions) {
    this.peer = options.peer;
    this.#options = options;
    this.#channel = options.channel;
    this.#channel.onMessage((message) => this.#receive(message));
    this.#channel.onClose(() => this.close());
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  /** Proves the ticket of an epoch to the far side. Resolves when it has said welcome; rejects with `link-failed`. */
  async hello(epoch: number, ticket: string, timeoutMs = LINK_TIMEOUT_MS): Promise<void> {
    if (this.closed) throw new PoolError('link-failed', 'The link to the neighbouring tab is closed.');
    if (this.#openEpochs.has(epoch)) return;
    await new Promise<void>((resolve, reject) => {
      const say = () => this.#say({ type: 'hello', version: PROTOCOL_VERSION, epoch, ticket });
      const again = setInterval(say, HELLO_AGAIN_MS);
      const deadline = setTimeout(() => finish(false), timeoutMs);
      const finish = (welcome: boolean) => {
        clearInterval(again);
        clearTimeout(deadline);
        this.#welcomes.delete(epoch);
        if (welcome) resolve();
        else reject(new PoolError('link-failed', 'The neighbouring tab could not be reached in time.'));
      };
      this.#welcomes.set(epoch, () => finish(!this.closed));
      say();
    });
    this.#openEpochs.add(epoch);
    this.#ping();
  }

  /** Whether frames of this epoch may travel here: one side has proved the ticket to the other. */
  speaks(epoch: number): boolean {
    return this.#openEpochs.has(epoch);
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
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.#pingTimer);
    for (const settle of [...this.#welcomes.values()]) settle();
    this.#channel.close();
    this.#handlers?.onClose();
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
    const json = new TextEncoder().encode(JSON.stringify(word));
    const message = new Uint8Array(json.byteLength + 1);
    message[0] = LINK_WORD_MAGIC;
    message.set(json, 1);
    try {
      this.#put(message);
    } catch {
      // The link is closed now, and who waits on it has been told by close().
    }
  }

  #ping(): void {
    this.#say({ type: 'ping', at: performance.now() });
  }

  #receive(message: Uint8Array): void {
    this.bytesIn += message.byteLength;
    try {
      if (message[0] === LINK_WORD_MAGIC) this.#hear(message);
      else if (message[0] === FRAGMENT_MAGIC) this.#join(message);
      else throw new PoolError('bad-frame', 'A peer sent bytes that are neither frame nor word.');
    } catch (error) {
      this.#options.onFault?.(PoolError.from(error));
    }
  }

  #join(message: Uint8Array): void {
    if (this.#openEpochs.size === 0) throw new PoolError('not-authentic', 'A peer sent a frame before its ticket.');
    const frame = this.#joiner.push(message);
    if (!frame) return;
    if (this.#handlers) this.#handlers.onFrame(frame);
    else if (this.#early.length < 64) this.#early.push(frame);
  }

  #hear(message: Uint8Array): void {
    if (message.byteLength > MAX_WORD_BYTES) throw new PoolError('bad-frame', 'A link word is larger than the limit.');
    const word = parseWord(message.subarray(1));
    if (word.type === 'ping') this.#say({ type: 'pong', at: word.at });
    else if (word.type === 'pong') this.#measure(performance.now() - word.at);
    else if (word.type === 'welcome') this.#welcomes.get(word.epoch)?.();
    else this.#admit(word);
  }

  #admit(word: LinkWord & { type: 'hello' }): void {
    if (word.version !== PROTOCOL_VERSION) {
      throw new PoolError(
        'version-mismatch',
        `The neighbour speaks version ${word.version}, this tab ${PROTOCOL_VERSION}.`,
      );
    }
    const valid = this.#options.checkTicket(word.epoch, word.ticket);
    if (valid === undefined) return;
    if (!valid) {
      this.close();
      throw new PoolError('not-authentic', 'A peer came with a wrong ticket.');
    }
    this.#openEpochs.add(word.epoch);
    this.#say({ type: 'welcome', epoch: word.epoch });
    if (this.rttMs === 0) this.#ping();
  }

  #measure(sampleMs: number): void {
    if (!(sampleMs >= 0 && sampleMs < 60_000)) return;
    this.#rttSamples = [...this.#rttSamples, sampleMs].slice(-RTT_SAMPLES);
    this.rttMs = Math.min(...this.#rttSamples);
  }
}

function parseWord(bytes: Uint8Array): LinkWord {
  try {
    return wordSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new PoolError('bad-frame', 'A peer sent a link word that cannot be read.', { cause });
  }
}
