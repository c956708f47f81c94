import { expect, test } from 'vitest';
import { textGrowth } from './text-growth.ts';

test('what is new is appended', () => {
  expect(textGrowth('', 'A tab')).toBe('A tab');
  expect(textGrowth('A tab', 'A tab lends')).toBe(' lends');
  expect(textGrowth('A tab', 'A tab')).toBe('');
});

test('a redrawn text begins anew', () => {
  expect(textGrowth('A **bo', 'A bold')).toBe('\nA bold');
});
