import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../protocol/test-random.ts';
import { memorySource } from './byte-source.ts';

describe('memorySource', () => {
  const source = memorySource(Uint8Array.of(1, 2, 3, 4));

  it('reads exactly what was asked for', async () => {
    expect(source.size).toBe(4);
    expect([...(await source.read(1, 2))]).toEqual([2, 3]);
    expect([...(await source.read(4, 0))]).toEqual([]);
  });

  it.each([
    [3, 2],
    [-1, 2],
    [0, 5],
    [2, -1],
  ])('refuses %i + %i', async (offset, length) => {
    await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'download-truncated' });
  });

  it.each([
    ['past what a number counts exactly', 2 ** 53, 1],
    ['of endless length', 0, Number.POSITIVE_INFINITY],
    ['at no place', Number.NaN, 1],
    ['of no length', 0, Number.NaN],
    ['that only wraps around into the file', -4, 8],
  ])('refuses a read %s, and says what was asked for', async (_, offset, length) => {
    const refused = { code: 'download-truncated', message: expect.stringContaining(`${length} were asked for`) };
    await expect(source.read(offset, length)).rejects.toMatchObject(refused);
  });

  it('is a window of the bytes that it was given, also where these are one themselves', async () => {
    const whole = Uint8Array.of(9, 9, 1, 2, 3, 9);
    const inner = memorySource(whole.subarray(2, 5));
    expect(inner.size).toBe(3);
    expect([...(await inner.read(0, 3))]).toEqual([1, 2, 3]);
    await expect(inner.read(0, 4)).rejects.toMatchObject({ code: 'download-truncated' });
    const view = await inner.read(1, 2);
    expect(view.buffer).toBe(whole.buffer);
    expect(view.byteOffset).toBe(3);
  });

  it('of no bytes has nothing to read but nothing', async () => {
    const empty = memorySource(new Uint8Array(0));
    expect([...(await empty.read(0, 0))]).toEqual([]);
    await expect(empty.read(0, 1)).rejects.toMatchObject({ code: 'download-truncated' });
  });

  it.each([1, 2, 3])('read in pieces of any length is what it was, seed %i', async (seed) => {
    const random = new SeededRandom(seed);
    const bytes = random.bytes(random.whole(1, 500));
    const whole = memorySource(bytes);
    const read: number[] = [];
    while (read.length < whole.size) {
      const length = random.whole(0, whole.size - read.length);
      read.push(...(await whole.read(read.length, length)));
    }
    expect(read).toEqual([...bytes]);
  });
});
