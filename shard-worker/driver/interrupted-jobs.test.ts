import { expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE, SESSION_ASIDE_MS } from '../../protocol/limits.ts';
import { Conversation } from './conversation.ts';
import { InterruptedJobs } from './interrupted-jobs.ts';
import { makeRing, PROMPT, testOptions } from './test-ring.ts';

const job = (index: number) => index.toString(16).padStart(32, '0') as JobId;

test('a job takes its conversations once', () => {
  const jobs = new InterruptedJobs();
  const kept = new Map([[2, new Conversation(() => Promise.reject(new Error('no ring')))]]);
  jobs.put(job(1), kept);
  expect(jobs.take(job(2)).size).toBe(0);
  expect(jobs.take(job(1))).toBe(kept);
  expect(jobs.take(job(1)).size).toBe(0);
});

test('those of which nobody came go after a while, the oldest beyond the bound at once, and their caches with them', async () => {
  let nowMs = 0;
  const jobs = new InterruptedJobs(() => nowMs);
  const ring = makeRing([3]);
  const answered = async () => {
    const conversation = new Conversation(async () => ring.client);
    await conversation.generate(PROMPT, testOptions({ maxTokens: 2 }));
    return new Map([[0, conversation]]);
  };
  jobs.put(job(0), await answered());
  for (let index = 1; index <= MAX_SESSIONS_PER_STAGE; index += 1) jobs.put(job(index), new Map());
  await expect.poll(() => ring.nodes.map(({ sessions }) => sessions)).toEqual([0, 0]);
  expect(jobs.take(job(0)).size).toBe(0);
  jobs.put(job(100), await answered());
  nowMs = SESSION_ASIDE_MS;
  expect(jobs.take(job(100)).size).toBe(0);
  await expect.poll(() => ring.nodes.map(({ sessions }) => sessions)).toEqual([0, 0]);
});
