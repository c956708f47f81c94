import { expect, test } from 'vitest';
import { formatWhen } from './format-when.ts';

const now = new Date('2026-03-20T12:00:00Z');

test.each([
  ['2026-03-20T12:00:30Z', 'just now'],
  ['2026-03-20T11:59:31Z', 'just now'],
  ['2026-03-20T11:59:00Z', '1 min ago'],
  ['2026-03-20T11:00:01Z', '59 min ago'],
  ['2026-03-20T11:00:00Z', '1 h ago'],
  ['2026-03-19T12:00:00Z', '1 day ago'],
  ['2026-03-06T12:00:01Z', '13 days ago'],
  ['2026-03-04T12:00:00Z', '4 Mar 2026'],
  ['no date', '–'],
])('%s reads %s', (at, text) => {
  expect(formatWhen(new Date(at), now)).toBe(text);
});
