// Further connections of a link that is proved: each has a congestion window of its own, and what one loses does not hold up
// the others. The asker names a connection's certificates over the proved one, the answerer finds the one that has them:
// whoever sits between the two shows others. Sends no frame.

import { PoolError } from '../../protocol/errors.ts';
import { LINK_TIMEOUT_MS, MAX_FRAGMENT_BYTES } from '../../protocol/limits.ts';
import type { LinkRole } from '../../protocol/link-proof.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import { type LaneWord, type LinkWord, unexpected } from './link-words.ts';
import type { MessageChannelLike } from './message-channel.ts';

/** Messages of a lane whose `lane-ready` is still on its way over the first one. */
const MAX_HELD_MESSAGES = 512;

export interface LanesRim {
  say(word: LinkWord): void;
  /** A message that came over a lane that is ready. */
  take(message: Uint8Array): void;
  /** Frames may go over it from now on. */
  onReady(lane: MessageChannelLike): void;
  /** A lane that was ready broke, and what was on its way there is lost. */
  onLost(): void;
}

interface Lane {
  channel: MessageChannelLike;
  fingerprints: Fingerprints;
  isReady: boolean;
  held: Uint8Array[];
  deadline: ReturnType<typeof setTimeout>;
}

export class LinkLanes {
  readonly #role: LinkRole;
  readonly #rim: LanesRim;
  readonly #lanes = new Map<number, Lane>();
  /** At the answerer: words that came before their connection did. */
  readonly #announced = new Map<number, LaneWord>();

  constructor(role: LinkRole, rim: LanesRim) {
    this.#role = role;
    this.#rim = rim;
  }

  /** A connection to the same peer that is up; closed when it does not become a lane in time. */
  add(number: number, channel: MessageChannelLike, fingerprints: Fingerprints): void {
    if (this.#lanes.has(number)) {
      channel.close();
      return;
    }
    const deadline = setTimeout(() => this.#drop(number), LINK_TIMEOUT_MS);
    const lane: Lane = { channel, fingerprints, isReady: false, held: [], deadline };
    this.#lanes.set(number, lane);
    channel.onMessage((message) => this.#receive(number, lane, message));
    channel.onClose(() => this.#closed(number, lane));
    if (this.#role === 'asker') this.#rim.say({ type: 'lane', lane: number, ...fingerprints });
    else this.#match(number);
  }

  /** Throws what is wrong with the word. */
  hear(word: LinkWord): void {
    if (word.type === 'lane' && this.#role === 'answerer') {
      this.#announced.set(word.lane, word);
      this.#match(word.lane);
    } else if (word.type === 'lane-ready' && this.#role === 'asker') {
      const lane = this.#lanes.get(word.lane);
      if (!lane) throw unexpected('lane-ready');
      this.#ready(lane);
    } else throw unexpected(word.type);
  }

  close(): void {
    for (const number of [...this.#lanes.keys()]) this.#drop(number);
  }

  #match(number: number): void {
    const lane = this.#lanes.get(number);
    const word = this.#announced.get(number);
    if (!lane || !word) return;
    this.#announced.delete(number);
    const { local, remote } = lane.fingerprints;
    if (word.local !== remote || word.remote !== local) {
      this.#drop(number);
      throw new PoolError('not-authentic', 'A connection shows other certificates than its peer named.');
    }
    this.#rim.say({ type: 'lane-ready', lane: number });
    this.#ready(lane);
  }

  #ready(lane: Lane): void {
    if (lane.isReady) return;
    lane.isReady = true;
    clearTimeout(lane.deadline);
    this.#rim.onReady(lane.channel);
    for (const message of lane.held.splice(0)) this.#rim.take(message);
  }

  #receive(number: number, lane: Lane, message: Uint8Array): void {
    if (lane.isReady) this.#rim.take(message);
    else if (
      this.#role === 'asker' &&
      lane.held.length < MAX_HELD_MESSAGES &&
      message.byteLength <= MAX_FRAGMENT_BYTES
    ) {
      lane.held.push(message);
    } else this.#drop(number);
  }

  #closed(number: number, lane: Lane): void {
    if (this.#lanes.get(number) !== lane) return;
    this.#drop(number);
    if (lane.isReady) this.#rim.onLost();
  }

  #drop(number: number): void {
    const lane = this.#lanes.get(number);
    if (!lane) return;
    this.#lanes.delete(number);
    clearTimeout(lane.deadline);
    lane.channel.close();
  }
}
