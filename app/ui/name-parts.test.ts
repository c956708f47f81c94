import { expect, test } from 'vitest';
import { nameParts } from './name-parts.ts';

test('a range that begins at zero and leaves out its end is counted from one and has it', () => {
  expect(nameParts(0, 3)).toBe('1–3');
  expect(nameParts(3, 4)).toBe('4');
});
