import { expect, test } from 'vitest';
import { canAsk, modeRequest, readChatMode } from './chat-mode.ts';

test('only what the picker offers is read from an address', () => {
  expect(readChatMode('speculative')).toBe('speculative');
  for (const text of [null, '', 'batch', 'SOLO']) expect(readChatMode(text)).toBeUndefined();
});

test('auto leaves the field out', () => {
  expect(modeRequest('auto')).toEqual({});
  expect(modeRequest('lan')).toEqual({ mode: 'lan' });
});

test.each([
  ['auto', false, false, false],
  ['auto', true, false, true],
  ['auto', false, true, true],
  ['solo', true, false, false],
  ['solo', false, true, true],
  ['lan', false, true, false],
  ['speculative', true, false, true],
] as const)('%s with coalition %s and own model %s may ask: %s', (mode, coalition, local, expected) => {
  expect(canAsk(mode, { coalition, local })).toBe(expected);
});
