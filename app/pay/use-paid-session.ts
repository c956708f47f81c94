// The paid session of a pool that this browser has the key of, read again while it lives.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { type Remote, useRemote } from '../state/use-remote.ts';
import { readSession } from './call-paid.ts';
import { keptPayments } from './kept-payments.ts';
import type { Reading } from './meter.ts';
import type { KeptPayments, KeptSession } from './shapes.ts';

const EVERY_MS = 2_000;
const SECOND_MS = 1_000;

export function useKeptPayments(): KeptPayments {
  const { subscribe, get } = keptPayments().state;
  return useSyncExternalStore(subscribe, get, get);
}

export function usePaidSession(pool: string): { kept: KeptSession | undefined } & Remote<Reading> {
  const { sessions } = useKeptPayments();
  const kept = sessions.findLast((session) => session.pool === pool);
  const { id, key } = kept ?? {};
  const read = useCallback(async (): Promise<Reading> => {
    const session = await readSession(id!, key!);
    return { session, readMs: performance.now() };
  }, [id, key]);
  const [isOver, setOver] = useState(false);
  const remote = useRemote(id ? read : undefined, isOver ? undefined : EVERY_MS);
  const session = remote.value?.session;
  // What the chain says of its end may come a moment after it.
  useEffect(() => setOver(session?.state === 'over' && session.refunded_usdc !== null), [session]);
  return { kept, ...remote };
}

/** The time by this page's own clock, told anew each second while `isRunning`. */
export function useNowMs(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    setNowMs(performance.now());
    if (!isRunning) return;
    const timer = setInterval(() => setNowMs(performance.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}
