import { expect, test } from 'vitest';
import type { PoolId } from '../../protocol/ids.ts';
import type { JobObserver } from './job-context.ts';
import { PoolPaces } from './pool-paces.ts';

const POOL = 'a/b@main:q4' as PoolId;
type Job = Parameters<JobObserver['ended']>[0];

function scene() {
  let nowMs = 1000;
  const paces = new PoolPaces(() => nowMs);
  let jobs = 0;
  const answer = (completionTokens: number, seconds: number): void => {
    const job = { id: `job-${++jobs}`, pool: POOL, usage: { promptTokens: 5, completionTokens } } as unknown as Job;
    paces.started(job, 0);
    nowMs += seconds * 1000;
    paces.answered(job);
    // Its receipts come late.
    nowMs += 5000;
    paces.ended(job, {});
  };
  return { paces, answer };
}

test('a pool is as fast as the middle one of its last answers', () => {
  const { paces, answer } = scene();
  expect(paces.of(POOL)).toBeUndefined();
  for (const tokens of [100, 20, 30]) answer(tokens, 1);
  expect(paces.of(POOL)).toBe(30);
  for (const tokens of [40, 40, 40, 40, 40]) answer(tokens, 2);
  expect(paces.of(POOL), 'older ones are forgotten').toBe(20);
});

test('a few tokens say nothing, and neither does an answer that nobody saw begin', () => {
  const { paces, answer } = scene();
  answer(7, 1);
  paces.ended({ id: 'other', pool: POOL, usage: { promptTokens: 1, completionTokens: 50 } } as unknown as Job, {});
  expect(paces.of(POOL)).toBeUndefined();
});
