import { expect, test } from 'vitest';
import { jobsSchema, statementSchema } from './usage.ts';

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

test('a job without a route, and one with an outcome', () => {
  const waiting = { ...job, state: 'waiting', mode: null, predicted: null, outcome: null };
  const { jobs } = jobsSchema.parse({ jobs: [job, waiting] });
  expect(jobs[0]?.outcome).toEqual({ tokensPerSecond: 38, timeToFirstTokenMs: 95 });
  expect(jobs[1]?.mode).toBeNull();
});

test('moments become dates, and a line may take away', () => {
  const line = { eventId: 'e', kind: 'hold', credits: '-0.000005', micros: -5, bucket: 'available', job: null };
  const { lines } = statementSchema.parse({ lines: [{ ...line, at: '2026-03-04T05:06:07.000Z' }], next: null });
  expect(lines[0]?.at.getUTCDate()).toBe(4);
  expect(lines[0]?.micros).toBe(-5);
});
