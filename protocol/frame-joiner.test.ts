import { describe, expect, test } from 'vitest';
import { PoolError } from './errors.ts';
import { cutFragments, FRAGMENT_HEADER_BYTES, FRAGMENT_MAGIC } from './fragment.ts';
import { FrameJoiner, type FrameJoinerLimits } from './frame-joiner.ts';
import { MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES, SLICE_BYTES } from './limits.ts';
import { SeededRandom } from './test-random.ts';

const BODY = MAX_FRAGMENT_BYTES - FRAGMENT_HEADER_BYTES;

/** Bytes that differ from place to place and from frame to frame. */
const frameOf = (length: number, salt = 0): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + salt) % 253);

function newJoiner(limits?: Partial<FrameJoinerLimits>): { joiner: FrameJoiner; frames: Uint8Array[] } {
  const frames: Uint8Array[] = [];
  return { joiner: new FrameJoiner((frame) => frames.push(frame), limits), frames };
}

const cut = (number: number, frame: Uint8Array, previous = 0) => cutFragments({ number, previous }, frame);

/** Vitest compares long arrays element by element; this takes a millisecond. */
const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;

const badFrame = expect.objectContaining({ code: 'bad-frame' });

test.each([0, 1, BODY, BODY + 1, 100_000, MAX_FRAME_BYTES])('a frame of %i bytes comes back', (length) => {
  const { joiner, frames } = newJoiner();
  for (const message of cut(1, frameOf(length))) joiner.push(message);
  expect(frames).toHaveLength(1);
  expect(isSame(frames[0], frameOf(length))).toBe(true);
});

test('fragments of several sessions in any order, some twice: each frame once, in the order of its session', () => {
  const random = new SeededRandom(11);
  for (let round = 0; round < 40; round++) {
    const last = new Map<number, number>();
    const sent: { session: number; frame: Uint8Array }[] = [];
    const messages = Array.from({ length: 30 }, (_, at) => {
      const session = random.whole(0, 3);
      const number = at + 1;
      const frame = frameOf(random.whole(0, 5 * SLICE_BYTES), at);
      frame[0] = session;
      frame[1] = number;
      if (frame.length > 1) sent.push({ session, frame });
      const cutUp = cutFragments({ number, previous: last.get(session) ?? 0 }, frame, SLICE_BYTES);
      last.set(session, number);
      return cutUp;
    }).flat();
    const { joiner, frames } = newJoiner();
    const copies = messages.filter(() => random.whole(0, 2) === 0);
    for (const message of random.shuffle([...messages, ...copies])) joiner.push(message);
    expect(frames).toHaveLength(30);
    for (let session = 0; session < 4; session++) {
      const came = frames.filter((frame) => frame.length > 1 && frame[0] === session);
      const went = sent.filter((each) => each.session === session);
      expect(came.length).toBe(went.length);
      for (const [at, { frame }] of went.entries()) expect(isSame(came[at], frame)).toBe(true);
    }
  }
});

test('a frame that is late holds up its own session and no other', () => {
  const { joiner, frames } = newJoiner();
  const [late] = cut(1, frameOf(10, 1));
  for (const message of [...cut(2, frameOf(10, 2), 1), ...cut(3, frameOf(10, 3)), ...cut(4, frameOf(10, 4), 2)]) {
    joiner.push(message);
  }
  expect(frames).toEqual([frameOf(10, 3)]);
  joiner.push(late!);
  expect(frames).toEqual([3, 1, 2, 4].map((salt) => frameOf(10, salt)));
});

describe('hostile messages', () => {
  test('fragments that disagree about their frame are refused, and the frame can still be finished', () => {
    const { joiner, frames } = newJoiner();
    const [first, second] = cut(3, frameOf(2 * BODY)) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    joiner.push(first);
    for (const [offset, value] of [
      [4, 3],
      [12, 1],
    ] as const) {
      const other = second.slice();
      other[offset] = value;
      expect(() => joiner.push(other)).toThrow(badFrame);
    }
    joiner.push(second);
    expect(isSame(frames[0], frameOf(2 * BODY))).toBe(true);
  });

  test('two frames after the same one are refused', () => {
    const { joiner } = newJoiner();
    joiner.push(cut(2, frameOf(1), 1)[0]!);
    expect(() => joiner.push(cut(3, frameOf(1), 1)[0]!)).toThrow(badFrame);
  });

  test('a frame far ahead of all others is refused', () => {
    const { joiner } = newJoiner();
    expect(() => joiner.push(cut(4097, frameOf(1))[0]!)).toThrow(badFrame);
    joiner.push(cut(4096, frameOf(1))[0]!);
  });

  test('unfinished and waiting frames are bounded in number', () => {
    const { joiner, frames } = newJoiner({ frames: 4 });
    for (let number = 1; number <= 3; number++) joiner.push(cut(number, frameOf(BODY + 1))[0]!);
    joiner.push(cut(6, frameOf(3), 5)[0]!);
    expect(() => joiner.push(cut(4, frameOf(BODY + 1))[0]!)).toThrow(badFrame);
    expect(() => joiner.push(cut(8, frameOf(3), 7)[0]!)).toThrow(badFrame);
    // A frame that can be handed on needs no room, and finishing one makes room again.
    joiner.push(cut(7, frameOf(10))[0]!);
    joiner.push(cut(1, frameOf(BODY + 1))[1]!);
    expect(frames.map(({ length }) => length)).toEqual([10, BODY + 1]);
    joiner.push(cut(4, frameOf(BODY + 1))[0]!);
  });

  test('unfinished bytes are bounded, and what was refused does not count', () => {
    const { joiner, frames } = newJoiner({ bytes: BODY + 10 });
    joiner.push(cut(1, frameOf(BODY + 5))[0]!);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(() => joiner.push(cut(2, frameOf(2 * BODY))[0]!)).toThrow(badFrame);
      expect(() => joiner.push(cut(4, frameOf(100), 3)[0]!)).toThrow(badFrame);
    }
    joiner.push(cut(1, frameOf(BODY + 5))[1]!);
    expect(isSame(frames[0], frameOf(BODY + 5))).toBe(true);
  });

  test('10,000 random messages are refused with a PoolError or taken as fragments', () => {
    const random = new SeededRandom(12);
    const { joiner } = newJoiner();
    for (let round = 0; round < 10_000; round++) {
      const message = random.bytes(random.whole(0, 40));
      if (message.length > 0 && round % 4 > 0) message[0] = FRAGMENT_MAGIC;
      // Small counts and numbers, so that frames are finished, wait and are refused in turn.
      if (message.length > 15 && round % 4 > 1) {
        message.set([random.whole(0, 3), 0, random.whole(0, 3), 0, 0, 0, random.whole(0, 255), 0, 0, 0], 2);
        message.set([random.whole(0, 3), 0, 0, 0], 12);
      }
      try {
        joiner.push(message);
      } catch (error) {
        expect(error).toBeInstanceOf(PoolError);
      }
    }
  });
});
