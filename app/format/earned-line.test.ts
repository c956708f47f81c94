import { expect, test } from 'vitest';
import { type Earned, earnedLine } from './earned-line.ts';

const since = new Date(2026, 10, 30, 12, 1);
const now = new Date(2026, 10, 30, 17, 45);
const earned: Earned = { answers: 3, tokens: 412, gainMicros: 180, lastMicros: 60, since };

test('D6: answers, tokens, credits and since when', () => {
  expect(earnedLine(earned, now)).toBe('Helped 3 answers, 412 tokens, +0.00018 credits since 12:01.');
  expect(earnedLine({ ...earned, answers: 1, tokens: 1 }, now)).toContain('Helped 1 answer, 1 token,');
});

test('D6: the last answer shows in whatever came before it', () => {
  const line = (gainMicros: number) => earnedLine({ ...earned, gainMicros, lastMicros: 60 }, now);
  expect(line(2_345_678)).toContain('+2.345678 credits');
  expect(line(2_345_738)).toContain('+2.345738 credits');
});

test('before anything came it says so, and an earlier day has its date', () => {
  expect(earnedLine({ ...earned, gainMicros: 0 }, now)).toBe('Helped 3 answers, 412 tokens since 12:01.');
  expect(earnedLine({ ...earned, answers: 0 }, now)).toBe('No answer has passed through here since 12:01.');
  expect(earnedLine(earned, new Date(2026, 11, 1, 0, 5))).toContain('since 30 Nov, 12:01.');
});
