// A link over one message channel (a raw RTCDataChannel, or a port that stands for one), or over several where the way is
// long: cuts frames, stripes them, joins them, measures the round trip. Both ends prove themselves before the first frame.
// Reads a frame's session, for its order, and nothing else of it.

import { PoolError } from '../../protocol/errors.ts';
import { cutFragments, FRAGMENT_MAGIC } from '../../protocol/fragment.ts';
import { streamOf } from '../../protocol/frame.ts';
import { FrameJoiner } from '../../protocol/frame-joiner.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { LINK_TIMEOUT_MS, MAX_FRAGMENT_BYTES, PROTOCOL_VERSION, SLICE_BYTES } from '../../protocol/limits.ts';
import { mayFeed } from '../../protocol/ticket.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import { FILLER_MAGIC, KeepAlive, warmUpMessages } from './keep-alive.ts';
import type { Link, LinkHandlers } from './link.ts';
import type { Standing } from './link-handshake.ts';
import { LinkLanes } from './link-lanes.ts';
import { LinkProving, type LinkProvingOptions } from './link-proving.ts';
import { encodeWord, LINK_WORD_MAGIC, type LinkWord, parseWord } from './link-words.ts';
import type { MessageChannelLike } from './message-channel.ts';
import { Outbox } from './outbox.ts';
import { RoundTrip } from './round-trip.ts';

/** Pace of round-trip measurement: 40 bytes. */
const PING_EVERY_MS = 250;
/** Right after the proof it is quicker: the first answer has a figure, and a long link its lanes, within a second. */
const FIRST_PINGS = 8;
const FIRST_PING_EVERY_MS = 60;
/**
 * Round trip from which a link is long: lanes, short slices, copies and keep-alive pay there. Below it are tabs of one
 * machine and wires of one house, where a packet takes less than the work for it.
 */
const LONG_LINK_MS = 3;
/** Frames up to this many slices go over two lanes: one lost packet then costs nothing. */
const COPIED_SLICES = 3;
/** What is further away than this was not measured but made up. */
const MAX_DISTANCE_MS = 60_000;
/**
 * A path that looks so long is believed when its page has said so this often, some 16 s: whoever is refused for it should not be so
 * because a dozen tabs of one machine came up at once.
 */
const FAR_MS = 100;
const FAR_SAMPLES = 8;
/** Frames before somebody listens. */
const MAX_EARLY_FRAMES = 64;
/** Sessions whose last frame is remembered: more than ever have frames on the way. */
const MAX_STREAMS = 1024;

export interface ChannelLinkOptions extends LinkProvingOptions {
  fingerprints: Fingerprints;
  channel: MessageChannelLike;
  /** Both ends are proved, as far as this end can tell; called once, before the first frame. */
  onProved?(): void;
  /** Once, at the asker: the link is long, and further connections to the same peer are welcome as its lanes. */
  onLong?(): void;
  onFault?(error: PoolError): void;
  /** Called once, in the very call that closes the link. */
  onClosed?(): void;
}

/** Messages that nobody can read, from one peer over one link: an honest one sends none. */
const MAX_FAULTS = 64;

export class ChannelLink implements Link {
  readonly peer: PeerId;
  closed = false;
  bytesIn = 0;
  bytesOut = 0;
  readonly #channel: MessageChannelLike;
  readonly #options: ChannelLinkOptions;
  readonly #proving: LinkProving;
  readonly #lanes: LinkLanes;
  readonly #outbox = new Outbox((lane, message, isSole) => {
    if (isSole) this.#keepAlive.carriesAlone(lane);
    this.#put(lane, message);
  });
  readonly #joiner = new FrameJoiner((frame) => this.#handOn(frame));
  readonly #keepAlive = new KeepAlive({
    lanes: () => this.#outbox.lanes,
    send: (lane, filler) => this.#fill(lane, filler),
  });
  readonly #early: Uint8Array[] = [];
  readonly #roundTrip = new RoundTrip();
  /** Number of the last frame of each session. */
  readonly #streams = new Map<number, number>();
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #pings = 0;
  #handlers: LinkHandlers | undefined;
  #frameNumber = 0;
  #isKnownLong = false;
  #distanceMs: number | undefined;
  #distances = 0;
  #faults = 0;

  constructor(options: ChannelLinkOptions) {
    this.peer = options.peer;
    this.#options = options;
    this.#channel = options.channel;
    const fail = (error: PoolError) => this.#fail(error);
    const say = (word: LinkWord) => this.#say(word);
    this.#proving = new LinkProving(options, {
      ...{ say, fail },
      take: (message) => this.#take(message),
      refuse: (error) => this.#refuse(error),
      onProved: () => this.#proved(),
    });
    this.#lanes = new LinkLanes(options.role, {
      say,
      take: (message) => this.#receiveOverLane(message),
      onReady: (lane) => this.#addLane(lane),
      onLost: () => fail(new PoolError('link-failed', 'A connection to the neighbouring tab broke.')),
    });
    this.#outbox.addLane(this.#channel);
    this.#channel.onMessage((message) => this.#receive(message));
    this.#channel.onClose(() => this.close());
    this.#pingTimer = setTimeout(() => this.#ping(), PING_EVERY_MS);
  }

  /**
   * Proves both ends to one another. Resolves when the far side is proved and has been sent this side's proof; closes
   * the link and rejects with `ticket-refused`, `not-authentic`, `version-mismatch` or `link-failed`.
   */
  async hello(timeoutMs = LINK_TIMEOUT_MS): Promise<void> {
    if (this.closed) throw new PoolError('link-failed', 'The link to the neighbouring tab is closed.');
    await this.#proving.hello(timeoutMs);
  }

  /** The path's own round trip where the page knows it; else the least of this worker's, which its work makes longer. */
  get rttMs(): number {
    return this.#distanceMs ?? this.#roundTrip.ms;
  }

  /** Whether the round trip was measured well enough to plan with it. */
  get isRttSure(): boolean {
    if (this.#distanceMs === undefined) return this.#roundTrip.isSure;
    return this.#distanceMs < FAR_MS || this.#distances >= FAR_SAMPLES;
  }

  noteDistance(ms: number): void {
    if (!(ms >= 0 && ms < MAX_DISTANCE_MS)) return;
    this.#distanceMs = ms;
    this.#distances += 1;
    this.#judgeLength();
  }

  /** Connections that frames go over. */
  get lanes(): number {
    return this.#outbox.lanes.length;
  }

  /** What both tickets say; undefined until the far side's was accepted. */
  get standing(): Standing | undefined {
    return this.#proving.standing;
  }

  /** Whether frames of this epoch may travel here: both ends have proved themselves. */
  speaks(epoch: number): boolean {
    return this.#proving.isProved && epoch === this.#options.epoch;
  }

  /** A further connection to the same peer, by the number that both pages gave it: 1 and up. */
  addLane(number: number, channel: MessageChannelLike, fingerprints: Fingerprints): void {
    if (this.closed || !this.#proving.isProved) channel.close();
    else this.#guard(() => this.#lanes.add(number, channel, fingerprints));
  }

  send(frame: Uint8Array): void {
    if (this.closed) throw new PoolError('link-failed', 'The link to the neighbouring tab is closed.');
    const isLong = this.#isLong;
    const stream = streamOf(frame);
    const place = { number: this.#frameNumber + 1, previous: this.#streams.get(stream) ?? 0 };
    const messages = cutFragments(place, frame, isLong ? SLICE_BYTES : MAX_FRAGMENT_BYTES);
    this.#outbox.send(stream, messages, isLong && messages.length <= COPIED_SLICES ? 2 : 1);
    this.#frameNumber = place.number;
    // Set anew, so that the first one in the map is the one that was used longest ago.
    this.#streams.delete(stream);
    this.#streams.set(stream, place.number);
    if (this.#streams.size > MAX_STREAMS) this.#streams.delete(this.#streams.keys().next().value!);
    if (isLong) this.#keepAlive.used(true);
  }

  listen(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    for (const frame of this.#early.splice(0)) handlers.onFrame(frame);
    if (this.closed) handlers.onClose();
  }

  close(): void {
    this.#fail(new PoolError('link-failed', 'The link to the neighbouring tab was closed.'));
  }

  get #isLong(): boolean {
    return this.rttMs >= LONG_LINK_MS;
  }

  #fail(error: PoolError): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.#pingTimer);
    this.#keepAlive.stop();
    this.#outbox.close();
    this.#channel.close();
    this.#lanes.close();
    this.#handlers?.onClose();
    // Told before who waits hears of it: it may begin another link to the same peer at once.
    this.#options.onClosed?.();
    this.#proving.end(error);
  }

  #put(lane: MessageChannelLike, message: Uint8Array<ArrayBuffer>): void {
    // Read before: a channel that transfers the buffer leaves none behind.
    const { byteLength } = message;
    try {
      lane.send(message);
      this.bytesOut += byteLength;
    } catch (cause) {
      this.close();
      throw new PoolError('link-failed', 'The link to the neighbouring tab broke.', { cause });
    }
  }

  #say(word: LinkWord): void {
    if (this.closed) return;
    try {
      this.#put(this.#channel, encodeWord(word));
    } catch {
      // The link is closed now, and who waits on it has been told by close().
    }
  }

  #ping(): void {
    this.#say({ type: 'ping', at: performance.now() });
    const isFirst = this.#proving.isProved && this.#pings++ < FIRST_PINGS;
    this.#pingTimer = setTimeout(() => this.#ping(), isFirst ? FIRST_PING_EVERY_MS : PING_EVERY_MS);
  }

  #fill(lane: MessageChannelLike, filler: Uint8Array<ArrayBuffer>): void {
    try {
      this.#put(lane, filler);
    } catch {
      // As in #say().
    }
  }

  #proved(): void {
    this.#options.onProved?.();
    clearTimeout(this.#pingTimer);
    this.#ping();
  }

  #addLane(lane: MessageChannelLike): void {
    this.#outbox.addLane(lane);
    const { own, far } = this.standing ?? {};
    // Ids are small: only the way of hidden states must be open for much at once.
    if (!own || !far || own.role !== 'stage' || !mayFeed(own, far)) return;
    // The first lane has carried the proof alone: it is as cold as the others.
    const cold = this.#outbox.lanes.length === 2 ? this.#outbox.lanes : [lane];
    for (const each of cold) for (const filler of warmUpMessages()) if (!this.closed) this.#fill(each, filler);
  }

  #receive(message: Uint8Array): void {
    this.bytesIn += message.byteLength;
    this.#proving.receive(message);
  }

  #receiveOverLane(message: Uint8Array): void {
    this.bytesIn += message.byteLength;
    this.#guard(() => {
      if (this.closed) return;
      if (message[0] === FRAGMENT_MAGIC) this.#joiner.push(message);
      else if (message[0] !== FILLER_MAGIC) throw new PoolError('bad-frame', 'Words belong on a link’s first lane.');
    });
  }

  #take(message: Uint8Array): void {
    if (this.closed) return;
    this.#guard(() => {
      if (message[0] === LINK_WORD_MAGIC) this.#hear(parseWord(message));
      else if (message[0] !== FRAGMENT_MAGIC && message[0] !== FILLER_MAGIC) {
        throw new PoolError('bad-frame', 'A peer sent bytes that are neither frame nor word.');
      } else if (!this.#proving.isProved) {
        throw new PoolError('not-authentic', 'A peer sent a frame before its proof.');
      } else if (message[0] === FRAGMENT_MAGIC) this.#joiner.push(message);
    });
  }

  /** It sent what nobody can read. A peer that goes on with that has its link closed: it is broken, or at play. */
  noteFault(fault: PoolError): void {
    if (this.closed) return;
    this.#options.onFault?.(fault);
    this.#faults += 1;
    if (this.#faults < MAX_FAULTS) return;
    const how = `The neighbour sent ${MAX_FAULTS} messages that nobody can read.`;
    this.#options.onFault?.(new PoolError('link-failed', how));
    this.close();
  }

  /** What is wrong with one message is a fault and no more. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      const fault = PoolError.from(error);
      // The only word that every version must understand.
      if (fault.code === 'version-mismatch') this.#say({ type: 'refuse', version: PROTOCOL_VERSION });
      if (fault.code === 'version-mismatch' && this.#proving.isAsking) this.#refuse(fault);
      else this.noteFault(fault);
    }
  }

  #handOn(frame: Uint8Array): void {
    if (this.#isLong) this.#keepAlive.used(false);
    if (this.#handlers) this.#handlers.onFrame(frame);
    else if (this.#early.length < MAX_EARLY_FRAMES) this.#early.push(frame);
  }

  #hear(word: LinkWord): void {
    if (word.type === 'ping') this.#say({ type: 'pong', at: word.at });
    else if (word.type === 'pong') this.#measure(performance.now() - word.at);
    else if (word.type !== 'lane' && word.type !== 'lane-ready') this.#proving.hear(word);
    else if (this.#proving.isProved) this.#lanes.hear(word);
    else throw new PoolError('not-authentic', 'A peer named a connection before its proof.');
  }

  #measure(sampleMs: number): void {
    this.#roundTrip.add(sampleMs);
    this.#judgeLength();
  }

  #judgeLength(): void {
    if (this.#isKnownLong || this.#pings < FIRST_PINGS || !this.#proving.isProved || !this.#isLong) return;
    this.#isKnownLong = true;
    if (this.#options.role === 'asker') this.#options.onLong?.();
  }

  #refuse(error: PoolError): void {
    if (this.closed) return;
    this.#fail(error);
    this.#options.onFault?.(error);
  }
}
