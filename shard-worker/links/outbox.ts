// What a link has to send and its lanes have no room for yet: sessions take turns, so that a long prefill does not hold up a
// short step, and each message goes to the lane that has least to send. Bounded in bytes. Cuts and reads nothing.
import { PoolError } from '../../protocol/errors.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import { FairQueue } from './fair-queue.ts';
import type { MessageChannelLike } from './message-channel.ts';

/**
 * Bytes that may wait in a lane's own buffer: enough that a fast line never runs dry between two of its events, and all
 * that a frame of another session can have in front of it.
 */
const LANE_BUFFER_BYTES = 64 * 1024;
/** Bytes that wait here at most; who has more to send than that is told that the link is too slow. */
const MAX_WAITING_BYTES = 2 * MAX_FRAME_BYTES;
/** Messages that wait here at most: the largest bytes in the smallest slices, with room. */
const MAX_WAITING_MESSAGES = 16_384;

interface Outgoing {
  message: Uint8Array<ArrayBuffer>;
  /** Lanes that carry it, as far as there are so many. */
  copies: number;
}

/** Sends one message over one lane; `isSole`: no other lane carries it. What it throws, `send` throws. */
type PutMessage = (lane: MessageChannelLike, message: Uint8Array<ArrayBuffer>, isSole: boolean) => void;

export class Outbox {
  readonly #lanes: MessageChannelLike[] = [];
  readonly #queue = new FairQueue<Outgoing>(MAX_WAITING_MESSAGES);
  readonly #put: PutMessage;
  #waitingBytes = 0;
  #turn = 0;
  #isClosed = false;

  constructor(put: PutMessage) {
    this.#put = put;
  }

  get lanes(): readonly MessageChannelLike[] {
    return this.#lanes;
  }

  addLane(lane: MessageChannelLike): void {
    this.#lanes.push(lane);
    lane.onDrained(LANE_BUFFER_BYTES / 2, () => {
      try {
        this.#pump();
      } catch {
        // The link is closed by then, and says so itself.
      }
    });
  }

  /** What waits is let go. */
  close(): void {
    this.#isClosed = true;
  }

  /** Sends the messages of one frame, in order, as lanes have room. Throws `link-failed` when too much waits. */
  send(stream: number, messages: readonly Uint8Array<ArrayBuffer>[], copies: number): void {
    let bytes = 0;
    for (const message of messages) bytes += message.byteLength;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES || this.#queue.size + messages.length > MAX_WAITING_MESSAGES) {
      throw new PoolError('link-failed', 'The link to the neighbouring tab is too slow: its buffer is full.');
    }
    this.#waitingBytes += bytes;
    const key = String(stream);
    for (const message of messages) this.#queue.push(key, { message, copies });
    this.#pump();
  }

  #pump(): void {
    while (this.#queue.size > 0 && !this.#isClosed) {
      const lane = this.#leastBusy();
      if (!lane) return;
      const { message, copies } = this.#queue.shift()!;
      this.#waitingBytes -= message.byteLength;
      const second = copies > 1 ? this.#leastBusy(lane) : undefined;
      // Before the first one: a channel that transfers the buffer leaves none behind.
      if (second) this.#put(second, message.slice(), false);
      this.#put(lane, message, second === undefined);
    }
  }

  /** The lane with least in its buffer, in turn among equals; undefined when all are full. */
  #leastBusy(but?: MessageChannelLike): MessageChannelLike | undefined {
    let best: MessageChannelLike | undefined;
    let least = LANE_BUFFER_BYTES;
    const count = this.#lanes.length;
    this.#turn = (this.#turn + 1) % count;
    for (let at = 0; at < count; at++) {
      const lane = this.#lanes[(this.#turn + at) % count]!;
      if (lane === but) continue;
      const { bufferedAmount } = lane;
      if (bufferedAmount < least) [best, least] = [lane, bufferedAmount];
    }
    return best;
  }
}
