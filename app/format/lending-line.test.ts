import { expect, test } from 'vitest';
import { lendingLine } from './lending-line.ts';

test.each([
  [[], undefined],
  [[{ phase: 'left', tokens: 5 }], undefined],
  [[{ phase: 'probing', tokens: 0 }], { text: 'Lending: getting ready', isServing: false }],
  [[{ phase: 'serving', tokens: 0 }], { text: 'Lending: waits for questions', isServing: true }],
  [[{ phase: 'serving', tokens: 1 }], { text: 'Lending: 1 token computed', isServing: true }],
  [
    [
      { phase: 'serving', tokens: 400 },
      { phase: 'waiting', tokens: 12 },
    ],
    { text: 'Lending 2 parts: 412 tokens computed', isServing: true },
  ],
  [[{ phase: 'failed', tokens: 9 }], { text: 'Lending failed', isServing: false }],
])('%o is told as %o', (shards, line) => {
  expect(lendingLine(shards)).toEqual(line);
});
