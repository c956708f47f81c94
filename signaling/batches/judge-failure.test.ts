import { expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.ts';
import { judgeFailure, pauseMs } from './judge-failure.ts';

test('whatever a caller got wrong, or nobody foresaw, fails at once', () => {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const judged = (verdict: string) => codes.filter((code) => judgeFailure(code) === verdict).sort();
  expect(judged('wait')).toEqual([
    'chain-unreachable',
    'key-shared',
    'no-stages',
    'queue-full',
    'rate-limited',
    'sessions-full',
    'shutting-down',
    'unavailable',
  ]);
  const lost = ['device-lost', 'epoch-stale', 'kv-missing', 'lap-timeout', 'link-failed', 'position-mismatch'];
  expect(judged('retry')).toEqual(['cancelled', ...lost, 'session-unknown', 'stage-left']);
  for (const code of [
    'context-exceeded',
    'internal',
    'insufficient-credits',
    'bad-request',
    'model-not-found',
  ] as const) {
    expect(judgeFailure(code)).toBe('fail');
  }
});

test('pauses double, to a limit', () => {
  const steady = (times: number): number => pauseMs(times, 10, () => 0);
  expect([0, 1, 2, 6, 7, 1000].map(steady)).toEqual([10, 20, 40, 640, 640, 640]);
  expect(pauseMs(0, 100, () => 0.999)).toBeGreaterThan(75);
});
