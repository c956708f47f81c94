import { describe, expect, test } from 'vitest';
import { cutFragments, FRAGMENT_HEADER_BYTES, FRAGMENT_MAGIC, MAX_FRAGMENTS, readFragment } from './fragment.ts';
import { MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES, SLICE_BYTES } from './limits.ts';

const BODY = MAX_FRAGMENT_BYTES - FRAGMENT_HEADER_BYTES;
const PLACE = { number: 5, previous: 2 };

const badFrame = expect.objectContaining({ code: 'bad-frame' });

test.each([
  [0, MAX_FRAGMENT_BYTES],
  [1, MAX_FRAGMENT_BYTES],
  [BODY, MAX_FRAGMENT_BYTES],
  [BODY + 1, MAX_FRAGMENT_BYTES],
  [100_000, MAX_FRAGMENT_BYTES],
  [100_000, SLICE_BYTES],
  [3_000, 17],
])('a frame of %i bytes is cut into messages of at most %i, each with its place', (length, messageBytes) => {
  const frame = Uint8Array.from({ length }, (_, at) => (at * 7) % 253);
  const messages = cutFragments(PLACE, frame, messageBytes);
  const fragments = messages.map(readFragment);
  for (const message of messages) expect(message.byteLength).toBeLessThanOrEqual(messageBytes);
  expect(messages).toHaveLength(Math.max(1, Math.ceil(length / (messageBytes - FRAGMENT_HEADER_BYTES))));
  for (const [index, fragment] of fragments.entries()) {
    expect(fragment).toMatchObject({ ...PLACE, index, count: messages.length });
  }
  expect(Buffer.compare(Buffer.concat(fragments.map(({ body }) => body)), frame)).toBe(0);
});

test('messages own their bytes: each can be transferred', () => {
  const [first, second] = cutFragments(PLACE, new Uint8Array(BODY + 1));
  expect(first!.buffer.byteLength).toBe(first!.byteLength);
  expect(second!.buffer).not.toBe(first!.buffer);
});

test('the largest frame in the smallest slices has as many fragments as may be', () => {
  const messages = cutFragments(PLACE, new Uint8Array(MAX_FRAME_BYTES), SLICE_BYTES);
  expect(messages).toHaveLength(MAX_FRAGMENTS);
  expect(readFragment(messages.at(-1)!).index).toBe(MAX_FRAGMENTS - 1);
});

describe('hostile messages', () => {
  const [first] = cutFragments(PLACE, new Uint8Array(2 * BODY)) as [Uint8Array<ArrayBuffer>];

  function altered(offset: number, bytes: number[]): Uint8Array {
    const message = first.slice();
    message.set(bytes, offset);
    return message;
  }

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a cut-off header', first.subarray(0, FRAGMENT_HEADER_BYTES - 1)],
    ['another magic', altered(0, [FRAGMENT_MAGIC + 1])],
    ['a frame of no fragments', altered(4, [0, 0])],
    ['an index past the end', altered(2, [2, 0])],
    ['a frame above the limit', altered(4, [0xff, 0xff])],
    ['a frame that comes after itself', altered(12, [5, 0, 0, 0])],
    ['a frame that comes after a later one', altered(12, [0, 1, 0, 0])],
    ['a message above the limit', new Uint8Array(MAX_FRAGMENT_BYTES + 1).fill(FRAGMENT_MAGIC, 0, 1)],
  ])('%s is refused', (_what, message) => {
    expect(() => readFragment(message)).toThrow(badFrame);
  });
});
