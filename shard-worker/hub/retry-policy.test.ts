import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { backoffMs, DEFAULT_RETRY, parseRetryAfter, sleep } from './retry-policy.ts';

describe('backoffMs', () => {
  it('doubles, within half a step of jitter, up to the bound', () => {
    const steps = [1, 2, 3, 4, 5, 6, 20].map((tries) => [
      backoffMs(DEFAULT_RETRY, tries, () => 0),
      backoffMs(DEFAULT_RETRY, tries, () => 1),
    ]);
    expect(steps).toEqual([
      [150, 300],
      [300, 600],
      [600, 1200],
      [1200, 2400],
      [2400, 4800],
      [4800, 9600],
      [5000, 10_000],
    ]);
  });

  it('differs from one tab to the next', () => {
    const delays = Array.from({ length: 20 }, () => backoffMs(DEFAULT_RETRY, 3));
    expect(new Set(delays).size).toBeGreaterThan(10);
  });
});

describe('parseRetryAfter', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    ['0', 0],
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Thu, 01 Jan 2020 00:00:05 GMT', 0],
    ['86400', 30_000],
  ])('%j is %i ms', (header, waitMs) => {
    expect(parseRetryAfter(header, DEFAULT_RETRY, nowMs)).toBe(waitMs);
  });

  it.each([null, 'soon', '-5 apples', ''])('does not know %j', (header) => {
    expect(parseRetryAfter(header, DEFAULT_RETRY, nowMs)).toBeUndefined();
  });
});

describe('sleep', () => {
  it('ends early, typed, when stopped', async () => {
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(sleep(60_000, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps the typed reason of the stop', async () => {
    const reason = new PoolError('device-lost', 'The GPU went away.');
    await expect(sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
