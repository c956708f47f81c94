import { expect, test } from 'vitest';
import { steadyEnd } from './steady-end.ts';

const ANSWER = 'Run this:\n```python\nprint("`")\n```\nand `that`.';

test.each([
  ['text', 'a\nb', 'a\nb'],
  ['one tick that begins a line', 'a\n`', 'a\n'],
  ['two in a list', 'a\n- ``', 'a\n'],
  ['a fence whose language is being written', 'a\n```pyth', 'a\n'],
  ['a fence and its language', 'a\n```python\n', 'a\n```python\n'],
  ['a closing that is being written', 'a\n```\nb\n``', 'a\n```\nb\n'],
  ['a closing', 'a\n```\nb\n```', 'a\n```\nb\n```'],
  ['a tick within a line', 'a\nuse `', 'a\nuse `'],
  ['a tick within code', '```\na `', '```\na `'],
])('%s', (_what, text, steady) => {
  expect(steadyEnd(text)).toBe(steady);
});

test('as an answer grows its code is never drawn as text, nor text as code', () => {
  for (let length = 1; length <= ANSWER.length; length++) {
    const drawn = steadyEnd(ANSWER.slice(0, length));
    const fences = drawn.match(/^`+.*$/gm) ?? [];
    expect(fences, `after ${length} characters`).toEqual(['```python', '```'].slice(0, fences.length));
  }
  expect(steadyEnd(ANSWER)).toBe(ANSWER);
});
