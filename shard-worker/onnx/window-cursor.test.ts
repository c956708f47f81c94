import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { bytesField, concatBytes, varintField } from './protobuf-write.ts';
import { WindowCursor } from './window-cursor.ts';

const KB = 1024;
const pattern = Uint8Array.from({ length: 600 * KB }, (_, at) => (at * 31) >>> 3);

/** A cursor that notes every request. */
function follow(bytes: Uint8Array) {
  const reads: [number, number][] = [];
  const inner = memorySource(bytes);
  const read = (offset: number, length: number) => {
    reads.push([offset, length]);
    return inner.read(offset, length);
  };
  return { reads, cursor: new WindowCursor({ size: bytes.length, read }) };
}

it('hands out every byte in order across windows', async () => {
  const { cursor } = follow(pattern);
  const taken: Uint8Array[] = [];
  for (let size = 1; cursor.position < pattern.length; size = (size * 7) % 50_021) {
    taken.push(await cursor.take(Math.min(size, pattern.length - cursor.position)));
  }
  expect(Buffer.compare(concatBytes(taken), pattern)).toBe(0);
});

it('asks for windows that grow with the run, and for no byte twice', async () => {
  const { reads, cursor } = follow(pattern);
  while (cursor.position < pattern.length) await cursor.take(Math.min(1000, pattern.length - cursor.position));
  expect(reads.map(([, length]) => length / KB)).toEqual([64, 64, 64, 96, 144, 168]);
  let next = 0;
  for (const [offset, length] of reads) {
    expect(offset).toBe(next);
    next += length;
  }
});

it('jumps without fetching what lies between, and reads little after', async () => {
  const { reads, cursor } = follow(pattern);
  await cursor.take(10);
  cursor.skip(300 * KB);
  expect([...(await cursor.take(3))]).toEqual([...pattern.subarray(10 + 300 * KB, 13 + 300 * KB)]);
  expect(reads).toEqual([
    [0, 64 * KB],
    [10 + 300 * KB, 4 * KB],
  ]);
});

it('takes a piece longer than any window in one request', async () => {
  const { reads, cursor } = follow(pattern);
  await cursor.take(500 * KB);
  expect(reads).toEqual([[0, 500 * KB]]);
});

it('reads headers without moving, and refuses fields longer than their message', async () => {
  const { cursor } = follow(concatBytes([varintField(1, 5), bytesField(2, new Uint8Array(9))]));
  expect(await cursor.header(13)).toMatchObject({ number: 1, wire: 0 });
  expect(cursor.position).toBe(0);
  await cursor.take(2);
  await expect(cursor.header(12)).rejects.toMatchObject({ code: 'model-unsupported' });
});

describe('a file of layers', () => {
  const WEIGHTS = 40;
  /** Layers of three weights, 20 to 60 KB, each behind a header whose length varies as names do. */
  const jumps = Array.from({ length: WEIGHTS }, (_, at) => ({
    head: 40 + (at > 20 ? 1 : 0),
    skip: [20, 60, 33][at % 3]! * KB,
  }));
  const size = jumps.reduce((sum, { head, skip }) => sum + head + skip, 0);
  const file = Uint8Array.from({ length: size }, (_, at) => (at * 7) >>> 4);

  /** Walks the file, and notes how many requests were answered one after another. */
  async function walk(read: (offset: number, length: number) => Promise<Uint8Array>) {
    const cursor = new WindowCursor({ size, read });
    for (const { head, skip } of jumps) {
      const at = cursor.position;
      expect(Buffer.compare(await cursor.take(head), file.subarray(at, at + head))).toBe(0);
      cursor.skip(skip);
    }
  }

  it('is walked with requests in flight together', async () => {
    let inFlight = 0;
    let rounds = 0;
    let reads = 0;
    await walk(async (offset, length) => {
      reads++;
      if (inFlight++ === 0) rounds++;
      await new Promise((resolve) => setTimeout(resolve, 2));
      inFlight--;
      return file.slice(offset, offset + length);
    });
    expect(reads).toBeLessThanOrEqual(WEIGHTS + 16);
    expect(rounds).toBeLessThan(WEIGHTS / 2);
  });

  it('is read right when every guess fails', async () => {
    // A read in earnest starts where the walk is; a guess starts a little before where it may come.
    const landings = new Set([0]);
    for (let at = 0, index = 0; index < WEIGHTS; index++) {
      at += jumps[index]!.head + jumps[index]!.skip;
      landings.add(at);
    }
    let failed = 0;
    await walk(async (offset, length) => {
      if (landings.has(offset)) return file.slice(offset, offset + length);
      failed++;
      throw new Error('lost');
    });
    expect(failed).toBeGreaterThan(10);
  });
});
