// A day of the network in slots of ten seconds: tokens, answers, tabs, coalitions that broke and answered again. In memory
// alone, always as large, by the caller's clock. Says nothing of who.
import type { networkSchema } from '../../protocol/http/network.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { roundTo, tellAnswers, tellRate } from './told-figures.ts';

type Points = Wire<typeof networkSchema>['hour'];

const SLOT_MS = 10_000;
const SLOTS = (24 * 60 * 60_000) / SLOT_MS;
/** Slots that have ended and are looked at for the present pace. */
const LATELY = 6;

const column = (): Float64Array => new Float64Array(SLOTS);

export class NetworkHistory {
  readonly #tokens = column();
  readonly #answers = column();
  readonly #peers = column();
  readonly #failures = column();
  readonly #recoveries = column();
  readonly #recoveryMs = column();
  /** The slot that is going on, counted from the clock's zero. */
  #slot: number;
  readonly #first: number;

  constructor(nowMs: number) {
    this.#slot = slotAt(nowMs);
    this.#first = this.#slot;
  }

  /** Tokens of one answer, spread evenly over the time that it took; the answer is of its end. */
  addAnswer({ fromMs, toMs, tokens }: { fromMs: number; toMs: number; tokens: number }, nowMs: number): void {
    this.#goTo(nowMs);
    const [first, last] = [Math.max(slotAt(fromMs), this.#oldest()), Math.min(slotAt(toMs), this.#slot)];
    if (last < first) return;
    const wholeMs = Math.max(1, toMs - fromMs);
    for (let slot = first; slot <= last; slot++) {
      const overlapMs = Math.min(toMs, (slot + 1) * SLOT_MS) - Math.max(fromMs, slot * SLOT_MS);
      this.#tokens[slot % SLOTS]! += fromMs === toMs ? tokens : (tokens * Math.max(0, overlapMs)) / wholeMs;
    }
    this.#answers[last % SLOTS]! += 1;
  }

  addFailure(nowMs: number): void {
    this.#goTo(nowMs);
    this.#failures[this.#slot % SLOTS]! += 1;
  }

  addRecovery(tookMs: number, nowMs: number): void {
    this.#goTo(nowMs);
    this.#recoveries[this.#slot % SLOTS]! += 1;
    this.#recoveryMs[this.#slot % SLOTS]! += tookMs;
  }

  /** So many tabs are there from now on. */
  notePeers(peers: number, nowMs: number): void {
    this.#goTo(nowMs);
    this.#peers[this.#slot % SLOTS] = peers;
  }

  /** Tokens a second over the last minute. */
  lately(nowMs: number): number {
    this.#goTo(nowMs);
    const from = Math.max(this.#oldest(), this.#slot - LATELY + 1);
    const seconds = Math.max(1, (nowMs - from * SLOT_MS) / 1000);
    const [tokens, answers] = [this.#sum(this.#tokens, from, this.#slot), this.#sum(this.#answers, from, this.#slot)];
    return tellRate(tokens / seconds, answers);
  }

  /** The last so many points, each of so many slots, cut where the clock says; fewer while the server is younger. */
  points(most: number, slotsEach: number, nowMs: number): Points {
    this.#goTo(nowMs);
    const last = Math.floor(this.#slot / slotsEach);
    const first = Math.max(last - most + 1, Math.floor(this.#first / slotsEach));
    const points: Points = {
      pointSeconds: (slotsEach * SLOT_MS) / 1000,
      ...{ tokensPerSecond: [], answers: [], peers: [], failures: [], recoveries: [], recoveryMs: [] },
    };
    for (let point = first; point <= last; point++) {
      const from = Math.max(point * slotsEach, this.#oldest());
      const to = Math.min(this.#slot, (point + 1) * slotsEach - 1);
      const seconds = Math.max(1, (Math.min(nowMs, (to + 1) * SLOT_MS) - from * SLOT_MS) / 1000);
      const answers = this.#sum(this.#answers, from, to);
      const recoveries = this.#sum(this.#recoveries, from, to);
      points.tokensPerSecond.push(tellRate(this.#sum(this.#tokens, from, to) / seconds, answers));
      points.answers.push(tellAnswers(answers));
      points.peers.push(this.#peers[to % SLOTS]!);
      points.failures.push(this.#sum(this.#failures, from, to));
      points.recoveries.push(recoveries);
      points.recoveryMs.push(recoveries === 0 ? null : roundTo(this.#sum(this.#recoveryMs, from, to) / recoveries, 2));
    }
    return points;
  }

  #oldest(): number {
    return Math.max(this.#first, this.#slot - SLOTS + 1);
  }

  #sum(values: Float64Array, from: number, to: number): number {
    let sum = 0;
    for (let slot = from; slot <= to; slot++) sum += values[slot % SLOTS]!;
    return sum;
  }

  /** Slots that nothing was said of are empty; the tabs stayed as they were. */
  #goTo(nowMs: number): void {
    const now = slotAt(nowMs);
    const peers = this.#peers[this.#slot % SLOTS]!;
    for (let slot = Math.max(this.#slot + 1, now - SLOTS + 1); slot <= now; slot++) {
      const at = slot % SLOTS;
      for (const values of [this.#tokens, this.#answers, this.#failures, this.#recoveries, this.#recoveryMs]) {
        values[at] = 0;
      }
      this.#peers[at] = peers;
    }
    this.#slot = Math.max(this.#slot, now);
  }
}

const slotAt = (ms: number): number => Math.floor(ms / SLOT_MS);
