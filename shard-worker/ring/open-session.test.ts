import { expect, test } from 'vitest';
import { GREEDY } from '../../protocol/sampling.ts';
import { packJson, readOpenSession, unpackJson } from './open-session.ts';

const driver = '0123456789abcdef'.repeat(2);
const badFrame = expect.objectContaining({ code: 'bad-frame' });

test('what is packed is read', () => {
  const open = { driver, sampling: { ...GREEDY, temperature: 0.5 }, grant: 'a.b', logprobs: 20 };
  expect(readOpenSession(packJson(open))).toEqual(open);
});

test.each([
  {},
  null,
  [],
  { driver },
  { driver: 'me', sampling: GREEDY },
  { driver, sampling: { ...GREEDY, temperature: -1 } },
  { driver, sampling: { ...GREEDY, topP: 'x' } },
  { driver, sampling: GREEDY, grant: '' },
  { driver, sampling: GREEDY, grant: 'x'.repeat(4097) },
  { driver, sampling: GREEDY, logprobs: 21 },
  { driver, sampling: GREEDY, logprobs: 0.5 },
])('%j opens no session', (value) => {
  expect(() => readOpenSession(packJson(value))).toThrow(badFrame);
});

test('an OPEN with the longest grant is read', () => {
  const open = { driver, sampling: GREEDY, grant: 'x'.repeat(4096) };
  expect(readOpenSession(packJson(open)).grant).toHaveLength(4096);
});

test('bytes that are no JSON, no UTF-8 or too many are refused', () => {
  expect(() => unpackJson(new Uint8Array(0))).toThrow(badFrame);
  expect(() => unpackJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(badFrame);
  expect(() => unpackJson(packJson('x'.repeat(13_000)))).toThrow(badFrame);
});
