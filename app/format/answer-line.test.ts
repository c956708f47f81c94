import { expect, test } from 'vitest';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { answerLine, tokenLine } from './answer-line.ts';

const stop = {
  stage: 0,
  start: 0,
  end: 4,
  backend: 'wasm' as const,
  device: 'WASM, 1 thread',
  totalBytes: 1,
  computeMs: 1,
  waitMs: 1,
  hopMs: 1,
};
const stats: AnswerStats = {
  route: [stop, stop, stop],
  returnHopMs: 1,
  lapMs: 24,
  promptTokens: 12,
  tokens: 1,
  tokensPerSecond: 41.24,
  timeToFirstTokenMs: 120.3,
};

test('the line says how many tabs, how fast, how soon', () => {
  expect(answerLine(stats)).toBe('sharded over 3 tabs · 41.2 tok/s · first token 120 ms');
});

test('one tab is not called sharded', () => {
  expect(answerLine({ ...stats, route: [stop] })).toMatch(/^one tab · /);
});

test('what is not known yet is left out', () => {
  expect(answerLine({ ...stats, tokensPerSecond: 0 })).toBe('sharded over 3 tabs · first token 120 ms');
  expect(answerLine({ ...stats, route: [], tokensPerSecond: 0, timeToFirstTokenMs: 0 })).toBe('');
});

test('tokens in and out', () => {
  expect(tokenLine(stats)).toBe('12 tokens of prompt, 1 token generated');
});
