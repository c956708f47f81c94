import { describe, expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import type { Job, JobUpdate } from '../jobs/job-types.ts';
import { collectJob } from './follow-job.ts';
import { ScriptedJobService } from './scripted-job-service.ts';

const id = 'a'.repeat(32) as JobId;
const BOUNDS = { choices: 2, maxTokens: 2 };

async function jobOf(updates: JobUpdate[]): Promise<Job> {
  async function* tell(): AsyncGenerator<JobUpdate> {
    yield* updates;
  }
  const { plan } = await new ScriptedJobService().quote({
    payer: 'account:a',
    request: { prompt: { kind: 'ids', ids: [1] }, maxTokens: 1, choices: 1 },
  } as never);
  return { id, seed: 0, routed: Promise.resolve(plan), updates: tell() };
}

const delta = (choice: number, ids: number[], text = 'x'): JobUpdate => ({ type: 'delta', job: id, choice, text, ids });
const finished = (choice: number, reason: 'stop' | 'length' | 'cancelled' = 'stop'): JobUpdate => ({
  type: 'finished',
  job: id,
  choice,
  reason,
});
const done = { type: 'done', stats: {}, usage: {}, plan: {}, receiptId: id, chargedMicros: 0 } as unknown as JobUpdate;

test('deltas of two choices become two answers', async () => {
  const updates = [
    delta(0, [1], 'a'),
    delta(1, [2], 'b'),
    delta(0, [3], 'c'),
    finished(1, 'length'),
    finished(0),
    done,
  ];
  const { choices } = await collectJob(await jobOf(updates), BOUNDS, 0);
  expect(choices).toEqual([
    { text: 'ac', tokens: [], reason: 'stop' },
    { text: 'b', tokens: [], reason: 'length' },
  ]);
});

describe('what is no answer is an error', () => {
  test.each([
    ['a stream that ends', [delta(0, [1]), finished(0), finished(1)]],
    ['an end without a reason for each choice', [delta(0, [1]), finished(0), done]],
    ['a choice that ends twice', [finished(0), finished(0), finished(1), done]],
    ['a choice that was not asked for', [delta(2, [1]), finished(0), finished(1), done]],
    ['text after the end', [finished(0), delta(0, [1]), finished(1), done]],
    ['more tokens than were asked for', [delta(0, [1, 2]), delta(0, [3]), finished(0), finished(1), done]],
  ] as [string, JobUpdate[]][])('%s', async (_, updates) => {
    await expect(collectJob(await jobOf(updates), BOUNDS, 0)).rejects.toMatchObject({ code: 'internal' });
  });

  test('a cancelled choice never looks as if it stopped', async () => {
    const updates = [delta(0, [1]), finished(0, 'cancelled'), finished(1), done];
    await expect(collectJob(await jobOf(updates), BOUNDS, 0)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
