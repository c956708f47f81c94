import { expect, test } from 'vitest';
import { scheduledAt } from './schedule.ts';

const NOW = new Date('2026-12-31T23:50:00Z');

test('a minute of one day is a time, of the next year where it is over in this one', () => {
  expect(scheduledAt('55 23 31 12 *', NOW)?.toISOString()).toBe('2026-12-31T23:55:00.000Z');
  expect(scheduledAt('11 8 15 1 *', NOW)?.toISOString()).toBe('2027-01-15T08:11:00.000Z');
  expect(scheduledAt('40 23 31 12 *', NOW)?.toISOString(), 'a moment ago').toBe('2026-12-31T23:40:00.000Z');
});

test.each(['0 3 * * *', '', undefined, 'each day'])('%s is none', (cron) => {
  expect(scheduledAt(cron, NOW)).toBeUndefined();
});
