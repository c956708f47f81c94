import { expect, test } from 'vitest';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { UnsignedJobs } from './unsigned-jobs.ts';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as [JobId, JobId];
const of = (id: JobId, payer = 'peer:1') => ({ id, payer: payer as OwnerId, pool: 'a/b@main:q4' as PoolId });

test('D2: two answers that were signed for in part are two: the rest of one does not forgive the other', async () => {
  const unsigned = new UnsignedJobs(10);
  const { payer, pool } = of(A);
  expect(await Promise.all([A, B].map((id) => unsigned.wait(of(id))))).toEqual([false, false]);
  expect(unsigned.of(payer, pool)).toBe(A);
  unsigned.settled(of(B));
  expect(unsigned.of(payer, pool)).toBe(A);
  unsigned.settled(of(A));
  expect(unsigned.of(payer, pool)).toBeUndefined();
});

test('a client that signs again and again is waited for no longer than one that does so once', async () => {
  const unsigned = new UnsignedJobs(200);
  const signing = setInterval(() => unsigned.signedAgain(A), 20);
  const beganMs = performance.now();
  let times = 0;
  while (await unsigned.wait(of(A))) times += 1;
  clearInterval(signing);
  expect(times).toBeGreaterThan(1);
  expect(performance.now() - beganMs).toBeGreaterThan(190);
  expect(await unsigned.wait(of(B)), 'another answer has a time of its own').toBe(false);
  expect(performance.now() - beganMs).toBeGreaterThan(390);
});

test('is bounded: of one payer the newest are kept', async () => {
  const unsigned = new UnsignedJobs(1);
  const ids = Array.from({ length: 100 }, (_, index) => index.toString(16).padStart(32, '0') as JobId);
  await Promise.all(ids.map((id) => unsigned.wait(of(id))));
  expect(unsigned.of(of(A).payer, of(A).pool)).toBe(ids[36]);
});
