import { expect, test } from 'vitest';
import { formatPlace } from './format-place.ts';

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [13, '13th'],
  [21, '21st'],
  [111, '111th'],
])('%d is the %s', (place, text) => {
  expect(formatPlace(place, 1000)).toContain(`${text} of 1000 in the queue`);
});

test('the next one to go is told so, and a place is never beyond the end', () => {
  expect(formatPlace(1, 4)).toBe('Next: 1st of 4 in the queue');
  expect(formatPlace(2, 5)).toBe('2nd of 5 in the queue');
  expect(formatPlace(6, 5)).toBe('6th of 6 in the queue');
});
