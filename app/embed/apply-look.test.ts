import { expect, test } from 'vitest';
import { inkOn } from './apply-look.ts';

test.each([
  [[255, 255, 255], '#000000'],
  [[0, 0, 0], '#ffffff'],
  [[11, 106, 82], '#ffffff'],
  [[98, 207, 173], '#000000'],
  [[255, 255, 0], '#000000'],
  [[0, 0, 255], '#ffffff'],
] as const)('on %j it is %s', (colour, ink) => {
  expect(inkOn(colour)).toBe(ink);
});
