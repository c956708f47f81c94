import { expect, test } from 'vitest';
import { GREEDY } from '../../protocol/sampling.ts';
import { packJson, readOpenSession, unpackJson } from './open-session.ts';

const driver = '0123456789abcdef'.repeat(2);
const badFrame = expect.objectContaining({ code: 'bad-frame' });

test('what is packed is read', () => {
  const open = { driver, sampling: { ...GREEDY, temperature: 0.5 } };
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
])('%j opens no session', (value) => {
  expect(() => readOpenSession(packJson(value))).toThrow(badFrame);
});

test('bytes that are no JSON, no UTF-8 or too many are refused', () => {
  expect(() => unpackJson(new Uint8Array(0))).toThrow(badFrame);
  expect(() => unpackJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(badFrame);
  expect(() => unpackJson(packJson('x'.repeat(5000)))).toThrow(badFrame);
});
