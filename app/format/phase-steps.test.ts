import { expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { StageState } from '../../shard-worker/index.ts';
import { listSteps, PHASE_SENTENCES } from './phase-steps.ts';

const state: StageState = {
  phase: 'connecting',
  pool: poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4' }),
  served: {
    answers: 0,
    answerTokens: 0,
    sessions: 0,
    tokens: 0,
    stepMs: 0,
    tokensPerSecond: [],
    bytesIn: 0,
    bytesOut: 0,
  },
};
const statuses = (fields: Partial<StageState>) => listSteps({ ...state, ...fields }).map((step) => step.status);

test('steps before the phase are done, later ones are to do', () => {
  expect(statuses({ phase: 'connecting' })).toEqual(['current', 'todo', 'todo', 'todo', 'todo', 'todo']);
  expect(statuses({ phase: 'waiting' })).toEqual(['done', 'done', 'done', 'current', 'todo', 'todo']);
  expect(statuses({ phase: 'serving' })).toEqual(['done', 'done', 'done', 'done', 'done', 'current']);
});

test('a failure is shown at the step that it happened in', () => {
  expect(statuses({ phase: 'failed' })[0]).toBe('failed');
  expect(statuses({ phase: 'failed', peer: 'a'.repeat(32) as PeerId })[1]).toBe('failed');
  const slice = { epoch: 1, start: 0, end: 4, totalBytes: 9, loadedBytes: 1, networkBytes: 1, cachedBytes: 0 };
  expect(statuses({ phase: 'failed', slice })).toEqual(['done', 'done', 'done', 'done', 'failed', 'todo']);
});

test('after leaving nothing is under way', () => {
  expect(new Set(statuses({ phase: 'left' }))).toEqual(new Set(['todo']));
});

test('every phase has a sentence', () => {
  for (const sentence of Object.values(PHASE_SENTENCES)) expect(sentence).toMatch(/\.$/);
});
