import { expect, test } from 'vitest';
import type { Answer, RouteStop } from '../../shard-worker/words/peer-state.ts';
import { formatRoute, reportAnswer } from './report-answer.ts';
import { readShardView } from './shard-view.ts';

const stop = (stage: number, start: number, end: number): RouteStop => ({
  ...{ stage, start, end, backend: 'wasm', device: 'WASM, 1 thread' },
  ...{ totalBytes: 9, computeMs: 1.5, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 0.5 },
});
const answer: Answer = {
  text: 'A pool.',
  tokenIds: [1, 2],
  finishReason: 'stop',
  plan: {
    ...{ mode: 'lan', driver: 'here', local: false, drafter: 'none', stages: 2, reason: 'A test.', rejected: [] },
    predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 80 },
  },
  stats: {
    route: [stop(0, 0, 3), stop(1, 3, 4)],
    returnHopMs: 0.8,
    lapMs: 4,
    draftMs: 0,
    laps: 1,
    lapTokens: 1,
    drafted: 0,
    accepted: 0,
    drafter: 'none',
    promptTokens: 12,
    tokens: 2,
    tokensPerSecond: 41.24,
    timeToFirstTokenMs: 80,
  },
};
// The cards come in the order in which the tabs were opened, which is not the order of the route.
const shards = [
  readShardView({ phase: 'serving', start: '3', end: '4', networkBytes: '2000', totalBytes: '2000' }),
  readShardView({ phase: 'serving', start: '0', end: '3', networkBytes: '5000', totalBytes: '5000' }),
];
const model = { repo: 'a/b', revision: 'main', dtype: 'q4' } as const;

test('each stage has the bytes of the tab that holds its layers', () => {
  expect(reportAnswer(model, answer, shards)).toEqual({
    model,
    stages: [
      { layers: [0, 3], bytes: 5000, backend: 'wasm' },
      { layers: [3, 4], bytes: 2000, backend: 'wasm' },
    ],
    promptTokens: 12,
    tokens: 2,
    text: 'A pool.',
    tokensPerSecond: 41.24,
    timeToFirstTokenMs: 80,
  });
});

test('the table is aligned and ends with the totals', () => {
  expect(formatRoute(answer, shards)).toEqual([
    'stage  layers  backend  fetched  step per lap   queue     hop',
    '1      [0, 3)  wasm        5 kB        1.5 ms  0.0 ms  0.5 ms',
    '2      [3, 4)  wasm        2 kB        1.5 ms  0.0 ms  0.5 ms',
    'back                                                   0.8 ms',
    '',
    '12 tokens of prompt, 2 generated at 41.2 tok/s, first token after 80 ms',
  ]);
});
