import { expect, test } from 'vitest';
import { describeChat } from './describe-chat.ts';

const seat = (ready: boolean) => ({ ready });

test.each([
  ['connecting', [], 'Connecting.'],
  ['forming', [], 'Tabs have joined; the server is giving them their layers.'],
  ['forming', [seat(true), seat(false), seat(false)], 'Forming: 1 of 3 tabs are ready.'],
  ['forming', [seat(false)], 'Forming: 0 of 1 tab is ready.'],
  ['ready', [seat(true)], 'One tab would answer.'],
  ['ready', [seat(true), seat(true)], '2 tabs would answer together.'],
] as const)('%s with %j', (phase, seats, sentence) => {
  expect(describeChat(phase, seats)).toBe(sentence);
});

test('when nobody can answer it says so', () => {
  expect(describeChat('no-stages', [])).toMatch(/nobody can answer/);
  expect(describeChat('no-stages', [], 1)).toBe('Only 1 tab joined so far, not enough to answer.');
  expect(describeChat('failed', [])).toBe('Not connected.');
});
