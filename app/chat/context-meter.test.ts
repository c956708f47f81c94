import { expect, test } from 'vitest';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { usedTokens } from './context-meter.tsx';
import type { AnswerTurn, Turn } from './conversation.ts';

const question: Turn = { id: 1, role: 'user', text: 'Hi' };
const answer = (id: number, stats?: Pick<AnswerStats, 'promptTokens' | 'tokens'>): AnswerTurn => ({
  ...{ id, role: 'assistant', text: 'Hello', status: 'done' },
  ...(stats ? { stats: stats as AnswerStats } : {}),
});

test('what was counted last is what the conversation takes', () => {
  expect(usedTokens([])).toBeUndefined();
  expect(usedTokens([question, answer(2)])).toBeUndefined();
  const first = answer(2, { promptTokens: 20, tokens: 30 });
  expect(usedTokens([question, first])).toBe(50);
  expect(usedTokens([question, first, question, answer(4, { promptTokens: 60, tokens: 5 })])).toBe(65);
  // An answer that has only begun changes nothing.
  expect(usedTokens([question, first, question, answer(4)])).toBe(50);
});
