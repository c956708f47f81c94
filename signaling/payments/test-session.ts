// A paid session for tests: a stream of a tenth of a cent a second, paid for and not opened.
import type { JobId, PoolId } from '../../protocol/ids.ts';
import { NOT_OPENED, type PaidSession } from './paid-session.ts';

export const RATE = 10n ** 15n;
export const NOW = 1_800_000_000;

export function testSession(fields: Partial<PaidSession> = {}): PaidSession {
  return {
    ...{ key: `0x${'ab'.repeat(32)}`, kind: 'session', pool: 'a/b@main:q4/market' as PoolId, mode: 'stream' },
    quote: {
      ...{ id: `0x${'01'.repeat(32)}`, payer: `0x${'00'.repeat(20)}`, pool: `0x${'22'.repeat(20)}` },
      ...{ rate: RATE, maxRate: 20n * RATE, fee: 50_000n, maxSeconds: 7200, openBefore: NOW + 600 },
    },
    ...{ payer: `0x${'33'.repeat(20)}`, reason: 'For a test.', amount: 10_000_000n, spendWei: 8n * 10n ** 18n },
    price: { promptMicros: 5_000_000, completionMicros: 20_000_000 },
    ...{ secretHash: undefined, state: 'live', outcome: undefined, worthWei: 0n, hadOfWei: 0n, hadJobs: false },
    ...{ isFailed: false, rests: 0, splitTicks: 0 },
    ...{ targets: new Map(), had: new Map(), peers: new Set(), jobs: new Map(), chain: NOT_OPENED },
    ...{ endAskedAt: undefined, usedAt: NOW, createdAt: NOW, endedAt: undefined },
    ...fields,
  };
}

export const testJob = (at: number, hasBegun = true) =>
  [
    at.toString(16).padStart(32, '0') as JobId,
    { job: at.toString(16).padStart(32, '0') as JobId, amountWei: 10n ** 16n, hasBegun },
  ] as const;
