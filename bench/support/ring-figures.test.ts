import { expect, test } from 'vitest';
import type { RingAnswer } from './drive-ring.ts';
import {
  aggregateRate,
  decodeRate,
  lapBound,
  sharedWindow,
  stageBusy,
  stageComputeMs,
  stagePartMs,
} from './ring-figures.ts';

const micros = { queueMicros: 6000, uploadMicros: 2000, readbackMicros: 0, hopMicros: 0 };

function answerOf(tokenMs: number[], computeMs: number[], batch = 1): RingAnswer {
  const trace = computeMs.map((ms, stage) => ({ stage, batch, computeMicros: ms * 1000, ...micros }));
  const laps = tokenMs.map((endMs, at) => ({ endMs, lapMs: 10, draftMs: 0, gained: 1, isPrefill: at === 0, trace }));
  return { ids: [], tokenMs, laps, drafted: 0, accepted: 0, drafter: 'none' };
}

test('a rate counts what came after the first token', () => {
  expect(decodeRate({ tokenMs: [100, 200, 300] })).toBe(10);
});

test('an aggregate counts while all were at work', () => {
  const answers = [{ tokenMs: [0, 100, 200, 300, 400] }, { tokenMs: [100, 200, 300] }];
  expect(sharedWindow(answers)).toEqual([100, 300]);
  expect(aggregateRate(answers)).toBe(20);
  expect(() => sharedWindow([{ tokenMs: [0, 1] }, { tokenMs: [2, 3] }])).toThrow('did not run at the same time');
});

test('compute is by stage, without prefill, shared among those who shared it', () => {
  expect(stageComputeMs([answerOf([0, 10, 20], [4, 8])], 2)).toEqual([4, 8]);
  expect(stageComputeMs([answerOf([0, 10, 20], [4, 8], 2)], 2)).toEqual([2, 4]);
});

test('what waits is not divided among those who share a run, what works is', () => {
  const answers = [answerOf([0, 10, 20], [4], 2)];
  expect(stagePartMs(answers, 1, 'queue')).toEqual([6]);
  expect(stagePartMs(answers, 1, 'upload')).toEqual([1]);
  expect(stageBusy(answers, 1, 'upload')).toEqual([0.1]);
});

test('busy is compute over time', () => {
  expect(stageBusy([answerOf([0, 10, 20, 30], [4, 9]), answerOf([0, 10, 20, 30], [1, 1])], 2)).toEqual([0.5, 1]);
});

test('the bound of a lap is the formula', () => {
  // 2 stages: 2 hops of 20 + 4 ms, and 52 ms of compute, are 100 ms.
  expect(lapBound({ computeMs: [20, 32], oneWayMs: 20 })).toBeCloseTo(10);
  // One stage goes round in its own worker.
  expect(lapBound({ computeMs: [50], oneWayMs: 20 })).toBeCloseTo(20);
});
