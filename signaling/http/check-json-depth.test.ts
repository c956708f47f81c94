import { expect, test } from 'vitest';
import { nestsDeeper } from './check-json-depth.ts';

test.each([
  ['[[1]]', 2, false],
  ['[[1]]', 1, true],
  ['{"a":{"b":[]}}', 3, false],
  ['{"a":{"b":[]}}', 2, true],
  ['["[[[[", "{{{"]', 1, false],
  ['["\\"[[", 1]', 1, false],
  ['["\\\\", [1]]', 1, true],
  ['[],[],[]', 1, false],
  ['', 0, false],
])('%s deeper than %i: %s', (text, most, expected) => {
  expect(nestsDeeper(text, most)).toBe(expected);
});

test('a hostile megabyte takes one pass', () => {
  expect(nestsDeeper('['.repeat(1_000_000), 32)).toBe(true);
});
