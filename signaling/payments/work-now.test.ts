import type { Address } from 'viem';
import { expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { testSession } from './test-session.ts';
import { WorkNow } from './work-now.ts';

const [ANNA, BERT, CARA] = ['0xa', '0xb', '0xc'].map((start) => start.padEnd(42, '0') as Address) as [
  Address,
  Address,
  Address,
];
const job = (index: number): JobId => `job-${index}` as JobId;
const pair = new Map([
  [ANNA, 3n],
  [BERT, 1n],
]);
const lone = new Map([[CARA, 4n]]);

test('the coalition whose answer began first has the seats, until its answers end', () => {
  const work = new WorkNow();
  const [one, other] = [testSession({ key: '0x1' }), testSession({ key: '0x2' })];
  const { pool } = one.quote;
  expect(work.wantedUnits(pool, 7000).size).toBe(0);
  work.changed(one, job(1), pair);
  work.changed(other, job(2), lone);
  expect([work.hasSeats(one), work.hasSeats(other)]).toEqual([true, false]);
  expect(work.wantedUnits(pool, 7000)).toEqual(
    new Map([
      [ANNA, 5250],
      [BERT, 1750],
    ]),
  );
  work.ended(job(1));
  // The one that was answered last by those who have no seats any more has to rest.
  expect([work.hasSeats(one), work.hasSeats(other)]).toEqual([false, true]);
  expect(work.wantedUnits(pool, 7000)).toEqual(new Map([[CARA, 7000]]));
  work.ended(job(2));
  expect([work.hasSeats(one), work.hasSeats(other)]).toEqual([true, true]);
});

test('answers of one session over two coalitions have no seats together', () => {
  const work = new WorkNow();
  const session = testSession();
  work.changed(session, job(1), pair);
  work.changed(session, job(2), lone);
  expect(work.hasSeats(session)).toBe(false);
  // The coalition that answered the first one is replaced by that of the second.
  work.changed(session, job(1), lone);
  expect(work.hasSeats(session)).toBe(true);
});

test('what is due to somebody without a seat is seen, and what is due within the seats is not', () => {
  const work = new WorkNow();
  const session = testSession({ targets: new Map([[ANNA, 5n * 10n ** 15n]]) });
  expect(work.owesOutsiders(session)).toBe(false);
  work.changed(session, job(1), pair);
  expect(work.owesOutsiders(session)).toBe(false);
  work.changed(session, job(1), lone);
  expect(work.owesOutsiders(session)).toBe(true);
  session.had.set(ANNA, 5n * 10n ** 15n - 3n);
  expect(work.owesOutsiders(session)).toBe(false);
});

test('another market pool’s answers take nobody’s seats', () => {
  const work = new WorkNow();
  const one = testSession({ key: '0x1' });
  const other = testSession({ key: '0x2', quote: { ...one.quote, pool: CARA } });
  work.changed(one, job(1), pair);
  work.changed(other, job(2), lone);
  expect([work.hasSeats(one), work.hasSeats(other)]).toEqual([true, true]);
  expect(work.contracts()).toEqual(new Set([one.quote.pool, CARA]));
});
