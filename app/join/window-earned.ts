// What this window has earned, kept while its pages come and go. The rules are in `earned-so-far.ts`.
import { useEffect, useSyncExternalStore } from 'react';
import type { StagePhase, StageState } from '../../shard-worker/index.ts';
import { applyEarned, type EarnedEvent, type EarnedSoFar, NOTHING_EARNED } from './earned-so-far.ts';

let earned = NOTHING_EARNED;
const listeners = new Set<() => void>();

function happen(event: EarnedEvent): void {
  const next = applyEarned(earned, event);
  if (next === earned) return;
  earned = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const present = (): EarnedSoFar => earned;

export const useWindowEarned = (): EarnedSoFar => useSyncExternalStore(subscribe, present, present);

/** Once the server knows a shard: what it welcomed it with is there from then on. */
const KNOWN_PHASES: readonly StagePhase[] = ['waiting', 'loading', 'serving'];

/** Counts in what a shard has done. */
export function useWorkSeen(state: StageState | undefined): void {
  const peer = state && KNOWN_PHASES.includes(state.phase) ? state.peer : undefined;
  const { answers = 0, answerTokens = 0 } = state?.served ?? {};
  useEffect(() => {
    if (peer) happen({ type: 'work-seen', peer, answers, tokens: answerTokens, atMs: Date.now() });
  }, [peer, answers, answerTokens]);
}

/** Counts in a balance, what is held of it included; undefined: not read yet. */
export function useBalanceSeen(owner: string, micros: number | undefined): void {
  useEffect(() => {
    if (micros !== undefined) happen({ type: 'balance-seen', owner, micros });
  }, [owner, micros]);
}

/** A job is paid within so long after its receipts were signed; where answers come faster, balances are read at their own pace. */
const PAID_MS = 1000;

/** Reads a balance again soon after a shard came or an answer was counted. */
export function useReadAgain(reload: () => void): void {
  const { sinceMs, answers } = useWindowEarned();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer that is counted is a reason to read
  useEffect(() => {
    if (sinceMs === undefined) return;
    const timer = setTimeout(reload, PAID_MS);
    return () => clearTimeout(timer);
  }, [sinceMs, answers, reload]);
}
