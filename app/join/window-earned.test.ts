import { expect, onTestFinished, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { StageState } from '../../shard-worker/index.ts';
import { drawHook } from '../state/test-page.ts';

const pool = poolIdOf({ repo: 'owner/tiny', revision: 'main', dtype: 'q4' });
const peer = '7'.repeat(32) as PeerId;
const stateOf = (answers: number, answerTokens: number): StageState => ({
  ...{ phase: 'serving', pool, peer },
  served: { answers, answerTokens, sessions: 0, tokens: 999, stepMs: 1, tokensPerSecond: [], bytesIn: 0, bytesOut: 0 },
});

test('D6: shards and balances of a window come together, and outlive the page that shows them', async () => {
  vi.resetModules();
  const { useBalanceSeen, useWindowEarned, useWorkSeen } = await import('./window-earned.ts');
  const useAll = (state: StageState | undefined, micros: number | undefined) => {
    useWorkSeen(state);
    useBalanceSeen(peer, micros);
    return useWindowEarned();
  };
  const page = drawHook(() => useAll(undefined, undefined));
  page.draw(() => useAll({ ...stateOf(0, 0), phase: 'probing' }, 0));
  expect(page.now.sinceMs, 'the server does not know it yet').toBeUndefined();
  page.draw(() => useAll(stateOf(0, 0), 10_000_000));
  page.draw(() => useAll(stateOf(1, 140), 10_000_060));
  await vi.waitFor(() => expect(page.now).toMatchObject({ answers: 1, tokens: 140, gainMicros: 60, lastMicros: 60 }));
  const { sinceMs } = page.now;
  page.leave();
  const later = drawHook(() => useAll(stateOf(1, 140), 10_000_060));
  expect(later.now).toMatchObject({ answers: 1, gainMicros: 60, sinceMs });
});

test('D6: a balance is read again soon after an answer, not only at its pace', async () => {
  vi.resetModules();
  const { useReadAgain, useWorkSeen } = await import('./window-earned.ts');
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const reload = vi.fn();
  const useAll = (answers: number) => {
    useWorkSeen(stateOf(answers, answers));
    useReadAgain(reload);
  };
  const page = drawHook(() => useAll(0));
  for (const [answers, times] of [
    [0, 1],
    [1, 2],
    [1, 2],
  ] as const) {
    page.draw(() => useAll(answers));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reload).toHaveBeenCalledTimes(times);
  }
  vi.useRealTimers();
});
