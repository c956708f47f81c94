import { expect, test } from 'vitest';
import { DraftModel } from './draft-model.ts';

test('a model of the hub has no drafter, and looking for one breaks nothing', async () => {
  let started = 0;
  const runtime = () => {
    started++;
    return Promise.reject(new Error('no runtime here'));
  };
  const source = {
    model: { repo: 'acme/model', revision: 'main', dtype: 'q4' },
    hubUrl: 'http://127.0.0.1:9',
  } as const;
  const draft = new DraftModel(runtime, source);
  draft.load();
  const unreachable = new DraftModel(runtime, { ...source, indexUrl: 'http://127.0.0.1:9/index.json' });
  unreachable.load();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([draft.executor, unreachable.executor]).toEqual([undefined, undefined]);
  expect(started).toBe(0);
});
