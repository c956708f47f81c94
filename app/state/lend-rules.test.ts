import { expect, test } from 'vitest';
import { judgeRules, type LendRules, minuteOf, NO_RULES, readRules, timeOf } from './lend-rules.ts';

/** On the third of March, by this device's own time. */
const at = (time: string, day = 3): Date =>
  new Date(2026, 2, day, ...(time.split(':').map(Number) as [number, number]));
const rules = (fields: Partial<LendRules>): LendRules => ({ ...NO_RULES, ...fields });
const hours = (from: string, to: string) => rules({ hours: { from: minuteOf(from)!, to: minuteOf(to)! } });

test('without rules it lends, whatever the device does', () => {
  for (const use of ['used', 'idle', 'unknown'] as const) {
    expect(judgeRules(NO_RULES, at('12:00'), use)).toEqual({ lends: true });
  }
});

test.each<[string, string, string, boolean, number]>([
  ['09:00', '17:00', '09:00', true, 0],
  ['09:00', '17:00', '16:59', true, 0],
  ['09:00', '17:00', '17:00', false, 4],
  ['09:00', '17:00', '08:59', false, 3],
  ['22:00', '06:30', '23:15', true, 0],
  ['22:00', '06:30', '06:29', true, 0],
  ['22:00', '06:30', '06:30', false, 3],
  ['22:00', '06:30', '21:59', false, 3],
  ['00:00', '00:00', '13:00', true, 0],
  ['10:00', '10:00', '09:00', true, 0],
])('from %s to %s, at %s: %s', (from, to, now, lends, day) => {
  const verdict = judgeRules(hours(from, to), at(now), 'used');
  expect(verdict).toEqual(lends ? { lends } : { lends, why: 'hours', until: at(from, day) });
});

test('only while idle: not while somebody is there, and not where nobody knows', () => {
  const wanted = rules({ onlyIdle: true });
  expect(judgeRules(wanted, at('12:00'), 'idle')).toEqual({ lends: true });
  expect(judgeRules(wanted, at('12:00'), 'used')).toEqual({ lends: false, why: 'used' });
  expect(judgeRules(wanted, at('12:00'), 'unknown')).toEqual({ lends: false, why: 'unknown' });
  // Outside of its hours it does not matter who is there.
  const both = { ...wanted, ...hours('22:00', '06:00') };
  expect(judgeRules({ ...both, onlyIdle: true }, at('12:00'), 'idle')).toMatchObject({ why: 'hours' });
});

test('what was kept is read, and anything else is no rule', () => {
  const kept: LendRules = { onlyIdle: true, hours: { from: 1320, to: 390 }, share: 50, notifies: true };
  expect(readRules(JSON.stringify(kept))).toEqual(kept);
  for (const strange of [
    null,
    '',
    '{',
    '[]',
    '{"onlyIdle":1}',
    '{"onlyIdle":true,"share":60,"notifies":true}',
    '{"onlyIdle":true,"share":50,"notifies":true,"hours":{"from":-1,"to":2000}}',
  ]) {
    expect(readRules(strange)).toEqual(NO_RULES);
  }
});

test('times as a field has them', () => {
  expect([timeOf(0), timeOf(75), timeOf(1439)]).toEqual(['00:00', '01:15', '23:59']);
  expect([minuteOf('00:00'), minuteOf('23:59'), minuteOf('24:00'), minuteOf('')]).toEqual([
    ...[0, 1439],
    ...[undefined, undefined],
  ]);
});
