import { expect, test } from 'vitest';
import { nameProblem, passwordProblem } from './credentials.ts';

test.each(['ann', 'Ann-1_2', 'x'.repeat(32)])('%s is a name', (name) => {
  expect(nameProblem(name)).toBeUndefined();
});

test.each(['', 'ab', 'x'.repeat(33), 'änn', 'ann smith', 'ann\n'])('%j is none', (name) => {
  expect(nameProblem(name)).toContain('3 to 32');
});

test('a password is judged by its length alone', () => {
  for (const length of [8, 200]) expect(passwordProblem(' '.repeat(length))).toBeUndefined();
  for (const length of [0, 7, 201]) expect(passwordProblem('x'.repeat(length))).toContain('8 to 200');
});
