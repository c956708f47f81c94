// What the tabs of this window have earned since it began to lend, as a pure reducer over what is seen of them and of balances.
import type { PeerId } from '../../protocol/ids.ts';

interface Work {
  answers: number;
  tokens: number;
}

export interface EarnedSoFar extends Readonly<Work> {
  /** When the first shard was seen, by `Date.now()`. */
  readonly sinceMs?: number;
  /** What came to the balances, and what came last. */
  readonly gainMicros: number;
  readonly lastMicros: number;
  /** As each shard told it last. */
  readonly seen: ReadonlyMap<PeerId, Work>;
  /** As each balance was read last. */
  readonly balances: ReadonlyMap<string, number>;
}

export type EarnedEvent =
  | ({ type: 'work-seen'; peer: PeerId; atMs: number } & Work)
  /** `owner` names a balance; what a claim brings to it is no gain, so an account that claims becomes another one. */
  | { type: 'balance-seen'; owner: string; micros: number };

export const NOTHING_EARNED: EarnedSoFar = {
  ...{ answers: 0, tokens: 0, gainMicros: 0, lastMicros: 0 },
  seen: new Map(),
  balances: new Map(),
};

/** One event; the same object when it changes nothing. */
export function applyEarned(earned: EarnedSoFar, event: EarnedEvent): EarnedSoFar {
  return event.type === 'work-seen' ? noteWork(earned, event) : noteBalance(earned, event);
}

function noteWork(earned: EarnedSoFar, event: EarnedEvent & { type: 'work-seen' }): EarnedSoFar {
  const { peer, atMs, answers, tokens } = event;
  const before = earned.seen.get(peer);
  if (before?.answers === answers && before.tokens === tokens) return earned;
  // A shard that left and came back, or whose worker was started anew, counts from nothing again.
  const counted = before && before.answers <= answers && before.tokens <= tokens ? before : { answers: 0, tokens: 0 };
  return {
    ...earned,
    sinceMs: earned.sinceMs ?? atMs,
    answers: earned.answers + answers - counted.answers,
    tokens: earned.tokens + tokens - counted.tokens,
    seen: new Map(earned.seen).set(peer, { answers, tokens }),
  };
}

/** A balance falls by what its owner spends, which is no loss of what was earned. */
function noteBalance(earned: EarnedSoFar, { owner, micros }: EarnedEvent & { type: 'balance-seen' }): EarnedSoFar {
  const before = earned.balances.get(owner);
  if (before === micros) return earned;
  const balances = new Map(earned.balances).set(owner, micros);
  // Before the first answer it can only be welcome credits that come.
  const gain = before === undefined || earned.answers === 0 ? 0 : Math.max(0, micros - before);
  if (gain === 0) return { ...earned, balances };
  return { ...earned, balances, gainMicros: earned.gainMicros + gain, lastMicros: gain };
}
