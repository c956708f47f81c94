import { expect, test } from 'vitest';
import { describeChat, wantsTabs } from './describe-chat.ts';

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
  const pool = { state: 'empty', peers: 1, reason: '' } as const;
  expect(describeChat('no-stages', [], pool)).toBe('Only 1 tab joined so far, not enough to answer.');
  expect(describeChat('failed', [])).toBe('Not connected.');
});

test('E7: a pool that waits says what for, and whoever lends is welcome', () => {
  const reason = 'One of two tabs is here; one more is needed.';
  const waiting = { state: 'waiting', peers: 1, reason } as const;
  expect(describeChat('forming', [], waiting)).toBe(reason);
  expect(describeChat('forming', [seat(true), seat(false)], waiting)).toBe('Forming: 1 of 2 tabs are ready.');
  expect(wantsTabs('forming', waiting)).toBe(true);
  expect(wantsTabs('no-stages')).toBe(true);
  for (const phase of ['connecting', 'ready', 'failed'] as const) expect(wantsTabs(phase, waiting)).toBe(false);
  expect(wantsTabs('forming', { state: 'forming' })).toBe(false);
});
