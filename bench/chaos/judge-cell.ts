// What a cell must show: the calm run's text and usage, a bill that the loss explains, nothing held, and an end. Pure.
import type { Cell, Fault } from './cells.ts';

/** One answer as its client saw it. */
export interface SeenAnswer {
  text: string;
  /** In a chat; over HTTP ids never leave the server. */
  ids?: readonly number[];
  promptTokens: number;
  tokens: number;
  chargedMicros: number;
}

export interface SeenRound {
  /** One, or one per session, in the order of the calm ones. Undefined: whoever asked is gone. */
  answers: readonly SeenAnswer[] | undefined;
  /** Longest time without a new token from the fault on; of several sessions the longest. Undefined with the answers. */
  silentS: number | undefined;
  /** What the ledger holds after the settlement. */
  heldMicros: number;
  /** Share of the model's layers that the tab held whom it befell; 0 where no stage is lost. */
  lostShare: number;
  /** Told before the fault could come: then it did not befall in its phase. */
  isLate?: boolean;
}

/** Those whose tab, or its worker, cannot show its receipts any more: what it had computed stays the payer's. */
const UNSHOWN: ReadonlySet<Fault> = new Set(['close', 'kill', 'stop', 'worker', 'device']);
/** Whole micros of each seat are rounded down. */
const ROUNDING_MICROS = 4;

/** One sentence per thing that is not as it must be. */
export function judgeRound({ fault, role }: Cell, calm: readonly SeenAnswer[], round: SeenRound): string[] {
  const { answers, heldMicros, lostShare, isLate } = round;
  const isStage = role !== 'client' && role !== 'server';
  const lost = isStage && UNSHOWN.has(fault) ? lostShare : 0;
  return [
    ...(isLate ? ['the phase was over before the fault came'] : []),
    ...(heldMicros === 0 ? [] : [`${heldMicros} micros are still held`]),
    ...(answers === undefined ? [] : calm.flatMap((each, at) => judgeAnswer(each, answers[at], lost))),
  ];
}

function judgeAnswer(calm: SeenAnswer, seen: SeenAnswer | undefined, lostShare: number): string[] {
  if (!seen) return ['an answer is missing'];
  const sameIds = seen.ids?.join() === calm.ids?.join();
  const usage = ({ promptTokens, tokens }: SeenAnswer) => `${promptTokens} + ${tokens} tokens`;
  const least = Math.floor(calm.chargedMicros * (1 - lostShare)) - (lostShare > 0 ? ROUNDING_MICROS : 0);
  return [
    ...(seen.text === calm.text && sameIds ? [] : [`another text, from character ${firstDifference(calm, seen)}`]),
    ...(usage(seen) === usage(calm) ? [] : [`usage ${usage(seen)}, calm ${usage(calm)}`]),
    ...(seen.chargedMicros > calm.chargedMicros || seen.chargedMicros < least
      ? [`charged ${seen.chargedMicros} micros, not ${least} to ${calm.chargedMicros}`]
      : []),
  ];
}

function firstDifference({ text: calm }: SeenAnswer, { text }: SeenAnswer): number {
  let at = 0;
  while (at < calm.length && calm[at] === text[at]) at++;
  return at;
}
