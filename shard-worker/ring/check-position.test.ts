import { expect, test } from 'vitest';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { checkPosition } from './check-position.ts';

const MAX_CONTEXT = 100;
const check = (held: number, position: number, tokens = 1, flags = 0) =>
  checkPosition(held, { position, tokens, flags }, MAX_CONTEXT);

test.each([
  ['an empty cache from its start', 0, 0, 5, 0, 0],
  ['where the cache ends', 8, 8, 1, 0, 8],
  ['a rollback', 8, 3, 1, FRAME_FLAGS.rollback, 3],
  ['a rollback to the start', 8, 0, 1, FRAME_FLAGS.rollback, 0],
  ['a rollback that takes nothing back', 8, 8, 1, FRAME_FLAGS.rollback, 8],
  ['the last position of the context', 99, 99, 1, 0, 99],
  ['a prompt as long as the context', 0, 0, 100, 0, 0],
])('%s is computed', (_what, held, position, tokens, flags, cropTo) => {
  expect(check(held, position, tokens, flags)).toBe(cropTo);
});

test.each([
  ['a gap', 8, 9, 1, 0, 'kv-missing'],
  ['a gap is not mended by rollback', 8, 9, 1, FRAME_FLAGS.rollback, 'kv-missing'],
  ['a step on an empty cache', 0, 4, 1, 0, 'kv-missing'],
  ['a position held already', 8, 7, 1, 0, 'position-mismatch'],
  ['sampling does not allow writing over', 8, 7, 1, FRAME_FLAGS.sample | FRAME_FLAGS.sampleAll, 'position-mismatch'],
  ['one past the context', 100, 100, 1, 0, 'context-exceeded'],
  ['a chunk that reaches past the context', 90, 90, 11, 0, 'context-exceeded'],
  ['the largest position a frame can name', 8, 0xffff_ffff, 1, FRAME_FLAGS.rollback, 'kv-missing'],
])('%s is refused', (_what, held, position, tokens, flags, code) => {
  expect(() => check(held, position, tokens, flags)).toThrow(expect.objectContaining({ code }));
});

test('a refusal says what is held, so that a driver can tell', () => {
  expect(() => check(8, 9)).toThrow(expect.objectContaining({ data: { held: 8, position: 9 } }));
});
