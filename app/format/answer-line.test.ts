import { expect, test } from 'vitest';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { answerLine, draftLine, tokenLine } from './answer-line.ts';

const stop = {
  stage: 0,
  start: 0,
  end: 4,
  backend: 'wasm' as const,
  device: 'WASM, 1 thread',
  totalBytes: 1,
  computeMs: 1,
  batch: 1,
  queueMs: 1,
  uploadMs: 0,
  readbackMs: 0,
  hopMs: 1,
};
const stats: AnswerStats = {
  route: [stop, stop, stop],
  returnHopMs: 1,
  lapMs: 24,
  draftMs: 0,
  promptTokens: 12,
  tokens: 1,
  tokensPerSecond: 41.24,
  timeToFirstTokenMs: 120.3,
  laps: 0,
  lapTokens: 0,
  drafted: 0,
  accepted: 0,
  drafter: 'none',
};

test('the line says how many tabs, how fast, how soon', () => {
  expect(answerLine(stats)).toBe('3 tabs together · 41.2 tok/s · first token 120 ms');
});

test('one tab is not called sharded', () => {
  expect(answerLine({ ...stats, route: [stop] })).toMatch(/^one tab · /);
});

test('what is not known yet is left out', () => {
  expect(answerLine({ ...stats, tokensPerSecond: 0 })).toBe('3 tabs together · first token 120 ms');
  expect(answerLine({ ...stats, route: [], tokensPerSecond: 0, timeToFirstTokenMs: 0 })).toBe('');
});

test('tokens in and out', () => {
  expect(tokenLine(stats)).toBe('12 tokens of prompt, 1 token generated');
});

test('the asking tab alone is not any tab', () => {
  expect(answerLine({ ...stats, route: [stop] }, { local: true })).toMatch(/^this device · /);
});

test('drafts are counted against laps, the first token aside', () => {
  const drafted = { laps: 10, lapTokens: 30, drafted: 40, accepted: 20 };
  expect(draftLine(drafted)).toBe('3.0 tokens per lap: 20 of 40 drafted tokens were right (50 %).');
  expect(draftLine({ ...drafted, drafted: 0, accepted: 0 })).toBe('');
});
