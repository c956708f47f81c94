import { expect, test } from 'vitest';
import { accountSchema, jobsSchema, keysSchema, statementSchema } from './account-schemas.ts';

const balance = { available: { credits: '1.5', micros: 1_500_000 }, held: { credits: '0', micros: 0 } };
const job = {
  id: 'a'.repeat(32),
  pool: 'owner/tiny@main:q4',
  state: 'done',
  mode: 'lan',
  predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 90 },
  outcome: { tokensPerSecond: 38, timeToFirstTokenMs: 95, laps: 3 },
  usage: { promptTokens: 4, cachedTokens: 0, completionTokens: 9 },
  chargedMicros: 13,
  createdAt: '2026-03-04T05:06:07.000Z',
};

test('an account is read, and texts that the page does not need are left out', () => {
  const account = accountSchema.parse({ id: '1', name: 'ann', balance, peers: ['0'.repeat(32)] });
  expect(account.balance).toEqual({ available: { micros: 1_500_000 }, held: { micros: 0 } });
  expect(accountSchema.safeParse({ id: '1', name: 'ann', balance, peers: ['../x'] }).success).toBe(false);
});

test('moments become dates', () => {
  const { lines } = statementSchema.parse({
    lines: [{ eventId: 'e', at: '2026-03-04T05:06:07.000Z', kind: 'hold', micros: -5, bucket: 'available' }],
    next: null,
  });
  expect(lines[0]?.at.getUTCDate()).toBe(4);
});

test('a key that was never used has no date, however that is written', () => {
  const key = { id: '1', label: 'laptop', prefix: 'cp-abcdef', createdAt: '2026-03-04T05:06:07.000Z' };
  for (const entry of [key, { ...key, lastUsedAt: null }]) {
    expect(keysSchema.parse({ keys: [entry] }).keys[0]?.lastUsedAt ?? undefined).toBeUndefined();
  }
});

test('a job without a route, and one with an outcome', () => {
  const waiting = { ...job, state: 'waiting', mode: null, predicted: null, outcome: null };
  const { jobs } = jobsSchema.parse({ jobs: [job, waiting] });
  expect(jobs[0]?.outcome).toEqual({ tokensPerSecond: 38, timeToFirstTokenMs: 95 });
  expect(jobs[1]?.mode).toBeNull();
});
