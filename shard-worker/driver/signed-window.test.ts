import { expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { SignedWindow, SignedWindows } from './signed-window.ts';

const JOB = 'a'.repeat(32) as JobId;
const note = (promptTokens: number, ...delivered: [epoch: number, tokens: number][]) => ({
  promptTokens,
  delivered: delivered.map(([epoch, tokens]) => ({ epoch, tokens })),
});

function gave(begun: number, tokens: number, epoch = 5): SignedWindow {
  const window = new SignedWindow(begun);
  for (let token = 0; token < tokens; token++) window.gave(epoch);
  return window;
}

test('what is signed for opens it, as far as it came out of here', () => {
  const window = gave(10, 100);
  expect(window.position).toBe(10);
  window.signed(note(10, [5, 40]));
  // An end of sequence is a token that is not delivered.
  expect(window.position).toBe(51);
  window.signed(note(10, [5, 30]));
  expect(window.position, 'less takes nothing back').toBe(51);
  window.signed(note(10, [5, 5000]));
  expect(window.position).toBe(111);
});

test.each<[string, Parameters<typeof note>]>([
  ['an epoch that nobody used', [10, [999, 2_000_000_000]]],
  ['a prompt that is longer than it is', [5000, [5, 0]]],
])('%s opens nothing', (_what, signed) => {
  const window = gave(10, 100);
  window.signed(note(...signed));
  expect(window.position).toBe(11);
});

test('what another entry had given counts as far as it was known when the job came', () => {
  const window = gave(60, 100, 7);
  window.signed(note(10, [5, 50], [7, 20]));
  expect(window.position).toBe(10 + 50 + 20 + 1);
  window.signed(note(10, [5, 5000], [7, 20]));
  expect(window.position).toBe(81);
});

test('a job has one, whatever sessions it opens; where nobody is paid each has its own', () => {
  const windows = new SignedWindows();
  const first = windows.of(JOB, 10);
  expect(windows.of(JOB, 267)).toBe(first);
  expect(windows.of(JOB, 267).position).toBe(10);
  expect(windows.of(undefined, 10)).not.toBe(windows.of(undefined, 10));
});

test('who comes back from another entry has what that gave, and who only opens another session has no more', () => {
  const windows = new SignedWindows();
  const window = windows.of(JOB, 10);
  for (let token = 0; token < 100; token++) window.gave(5);
  windows.of(JOB, 410);
  window.signed(note(10, [5, 100], [6, 300]));
  expect(window.position).toBe(411);
  const again = new SignedWindows().of(JOB, 10);
  for (let token = 0; token < 257; token++) again.gave(5);
  again.cameAgain(267);
  again.signed(note(10, [999, 257]));
  expect(again.position).toBe(11);
});
