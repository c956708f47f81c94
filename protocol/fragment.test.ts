import { describe, expect, test } from 'vitest';
import { PoolError } from './errors.ts';
import { cutFragments, FRAGMENT_HEADER_BYTES, FRAGMENT_MAGIC, FragmentJoiner } from './fragment.ts';
import { MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES } from './limits.ts';
import { SeededRandom } from './test-random.ts';

const BODY = MAX_FRAGMENT_BYTES - FRAGMENT_HEADER_BYTES;

/** Bytes that differ from place to place and from frame to frame. */
const frameOf = (length: number, salt = 0): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + salt) % 253);

function pushAll(joiner: FragmentJoiner, messages: readonly Uint8Array[]): Uint8Array[] {
  return messages.map((message) => joiner.push(message)).filter((frame) => frame !== undefined);
}

/** Vitest compares long arrays element by element; this takes a millisecond. */
const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;

const badFrame = expect.objectContaining({ code: 'bad-frame' });

test.each([0, 1, BODY - 1, BODY, BODY + 1, 3 * BODY, 100_000])('a frame of %i bytes comes back', (length) => {
  const messages = cutFragments(5, frameOf(length));
  for (const message of messages) expect(message.byteLength).toBeLessThanOrEqual(MAX_FRAGMENT_BYTES);
  expect(messages).toHaveLength(Math.max(1, Math.ceil(length / BODY)));
  const back = pushAll(new FragmentJoiner(), messages);
  expect(back).toHaveLength(1);
  expect(isSame(back[0], frameOf(length))).toBe(true);
});

test('the largest frame comes back', () => {
  const frame = new Uint8Array(MAX_FRAME_BYTES);
  frame[MAX_FRAME_BYTES - 1] = 9;
  const [back] = pushAll(new FragmentJoiner(), cutFragments(0, frame));
  expect(back!.byteLength).toBe(MAX_FRAME_BYTES);
  expect(back![MAX_FRAME_BYTES - 1]).toBe(9);
});

test('messages own their bytes: each can be transferred', () => {
  const [first, second] = cutFragments(0, frameOf(BODY + 1));
  expect(first!.buffer.byteLength).toBe(first!.byteLength);
  expect(second!.buffer).not.toBe(first!.buffer);
});

test('fragments of several frames may interleave and come in any order', () => {
  const random = new SeededRandom(11);
  for (let round = 0; round < 20; round++) {
    const frames = Array.from({ length: 6 }, (_, at) => frameOf(random.whole(BODY + 1, 4 * BODY), at));
    const messages = random.shuffle(frames.flatMap((frame, number) => cutFragments(number, frame)));
    const back = pushAll(new FragmentJoiner(), messages);
    expect(back).toHaveLength(frames.length);
    for (const frame of frames) expect(back.filter((other) => isSame(other, frame))).toHaveLength(1);
  }
});

describe('hostile messages', () => {
  const [first, second] = cutFragments(3, frameOf(2 * BODY)) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];

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
    ['a message above the limit', new Uint8Array(MAX_FRAGMENT_BYTES + 1).fill(FRAGMENT_MAGIC, 0, 1)],
  ])('%s is refused', (_what, message) => {
    expect(() => new FragmentJoiner().push(message)).toThrow(badFrame);
  });

  test('a fragment that comes twice is refused, and the frame can still be finished', () => {
    const joiner = new FragmentJoiner();
    joiner.push(first);
    expect(() => joiner.push(first)).toThrow(badFrame);
    expect(isSame(joiner.push(second), frameOf(2 * BODY))).toBe(true);
  });

  test('fragments that disagree on the length of their frame are refused', () => {
    const joiner = new FragmentJoiner();
    joiner.push(first);
    expect(() => joiner.push(altered(4, [3, 0]))).toThrow(badFrame);
  });

  test('unfinished frames are bounded in number', () => {
    const joiner = new FragmentJoiner(4);
    for (let number = 0; number < 4; number++) joiner.push(cutFragments(number, frameOf(BODY + 1))[0]!);
    expect(() => joiner.push(cutFragments(4, frameOf(BODY + 1))[0]!)).toThrow(badFrame);
    // A frame in one piece needs no room, and finishing one makes room again.
    expect(isSame(joiner.push(cutFragments(5, frameOf(10))[0]!), frameOf(10))).toBe(true);
    expect(isSame(joiner.push(cutFragments(0, frameOf(BODY + 1))[1]!), frameOf(BODY + 1))).toBe(true);
    expect(joiner.push(cutFragments(4, frameOf(BODY + 1))[0]!)).toBeUndefined();
  });

  test('unfinished bytes are bounded, and what was refused does not count', () => {
    const joiner = new FragmentJoiner(32, 2 * BODY);
    joiner.push(cutFragments(0, frameOf(3 * BODY))[0]!);
    joiner.push(cutFragments(1, frameOf(2 * BODY))[0]!);
    for (let attempt = 0; attempt < 50; attempt++) {
      expect(() => joiner.push(cutFragments(2, frameOf(2 * BODY))[0]!)).toThrow(badFrame);
    }
    expect(() => joiner.push(cutFragments(1, frameOf(2 * BODY))[1]!)).toThrow(badFrame);
    // Had the refused bytes been counted, a frame of two small pieces would not fit any more either.
    const small = new FragmentJoiner(32, BODY + 10);
    small.push(cutFragments(0, frameOf(BODY + 5))[0]!);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(() => small.push(cutFragments(1, frameOf(2 * BODY))[0]!)).toThrow(badFrame);
    }
    expect(isSame(small.push(cutFragments(0, frameOf(BODY + 5))[1]!), frameOf(BODY + 5))).toBe(true);
  });

  test('10,000 random messages are refused with a PoolError or taken as fragments', () => {
    const random = new SeededRandom(12);
    const joiner = new FragmentJoiner();
    for (let round = 0; round < 10_000; round++) {
      const message = random.bytes(random.whole(0, 40));
      if (message.length > 0 && round % 4 > 0) message[0] = FRAGMENT_MAGIC;
      // Small counts, so that frames are finished and refused in turn.
      if (message.length > 5 && round % 4 > 1) message.set([random.whole(0, 3), 0, random.whole(0, 3), 0], 2);
      try {
        joiner.push(message);
      } catch (error) {
        expect(error).toBeInstanceOf(PoolError);
      }
    }
  });
});
