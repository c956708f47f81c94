import { afterEach, describe, expect, it } from 'vitest';
import type { WeightBlob } from '../words/weight-blob.ts';
import { createByteMeter } from './byte-meter.ts';
import { type FakeRepo, fingerprint, QUICK_RETRY, randomBytes, seededRandom, startFakeRepo } from './fake-repo.ts';
import { type FetchOptions, openHubFile } from './hub-file.ts';
import { type LoadProgress, loadBlobs } from './load-blobs.ts';
import { createMemoryRangeCache } from './range-cache.ts';

const FILES = {
  'onnx/model.onnx_data': randomBytes(120_000, 21),
  'onnx/model.onnx': randomBytes(30_000, 22),
};
type FileName = keyof typeof FILES;
const DATA: FileName = 'onnx/model.onnx_data';

let repo: FakeRepo;
afterEach(() => repo?.close());

function opener(options: FetchOptions = {}) {
  return (path: string) => openHubFile(repo.location, path, { retry: QUICK_RETRY, ...options });
}

function blob(location: string, size: number, ...parts: [FileName, number, number, number][]): WeightBlob {
  return {
    location,
    size,
    parts: parts.map(([file, offset, length, blobOffset]) => ({ file, offset, length, blobOffset, tensor: 'w' })),
  };
}

function servedBytes(): number {
  return repo.hub.servedBytes(`acme/tiny/${DATA}`) + repo.hub.servedBytes('acme/tiny/onnx/model.onnx');
}

const BLOBS = [
  blob('layer-0', 5_000, [DATA, 10_000, 3_000, 0], [DATA, 13_000, 1_000, 4_000]),
  blob('layer-1', 2_500, [DATA, 50_000, 2_000, 500], ['onnx/model.onnx', 100, 300, 0]),
];

describe('loadBlobs', () => {
  it('costs exactly the bytes of the parts, one byte per file to open, one request per run', async () => {
    repo = await startFakeRepo(FILES);
    const meter = createByteMeter();
    const loaded = await loadBlobs(BLOBS, opener({ meter }), {});
    expect(loaded).toEqual(new Map(BLOBS.map((one) => [one.location, assemble(one)])));
    expect(servedBytes()).toBe(3_000 + 1_000 + 2_000 + 300 + 2);
    expect(meter).toEqual({ networkBytes: 6_302, cachedBytes: 0, requests: 3 + 2 });
  });

  it('reports progress that ends at the total, and says where the bytes came from', async () => {
    repo = await startFakeRepo(FILES);
    const cache = createMemoryRangeCache(1e6);
    const seen: LoadProgress[] = [];
    await loadBlobs(BLOBS, opener({ cache }), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ loadedBytes: 6_300, totalBytes: 6_300, networkBytes: 6_300, cachedBytes: 0 });
    expect(seen.every((one, index) => one.loadedBytes >= (seen[index - 1]?.loadedBytes ?? 0))).toBe(true);
    const again: LoadProgress[] = [];
    repo.hub.resetCounts();
    const loaded = await loadBlobs(BLOBS, opener({ cache }), { onProgress: (progress) => again.push(progress) });
    expect(fingerprint(loaded.get('layer-0'))).toBe(fingerprint(assemble(BLOBS[0])));
    expect(again.at(-1)).toEqual({ loadedBytes: 6_300, totalBytes: 6_300, networkBytes: 0, cachedBytes: 6_300 });
    expect(servedBytes()).toBe(2);
  });

  it('finds most of a shifted slice in the cache', async () => {
    repo = await startFakeRepo(FILES);
    const cache = createMemoryRangeCache(1e6);
    await loadBlobs([blob('a', 60_000, [DATA, 5_000, 60_000, 0])], opener({ cache }), { windowBytes: 10_000 });
    repo.hub.resetCounts();
    const shifted = blob('b', 60_000, [DATA, 25_000, 60_000, 0]);
    const loaded = await loadBlobs([shifted], opener({ cache }), { windowBytes: 10_000 });
    expect(fingerprint(loaded.get('b'))).toBe(fingerprint(assemble(shifted)));
    // Held: [30, 60) thousand. Fetched: the edge [25, 30) and [60, 85), and one byte to open.
    expect(servedBytes()).toBe(5_000 + 25_000 + 1);
  });

  it('keeps within the requests in flight', async () => {
    repo = await startFakeRepo(FILES);
    let inFlight = 0;
    let most = 0;
    const counting: typeof fetch = async (input, init) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      const answer = await fetch(input, init);
      const bytes = await answer.arrayBuffer();
      inFlight -= 1;
      return new Response(bytes, { status: answer.status, headers: answer.headers });
    };
    const whole = blob('a', 120_000, [DATA, 0, 120_000, 0]);
    const loaded = await loadBlobs([whole], opener({ fetch: counting }), { windowBytes: 5_000, concurrency: 3 });
    expect(fingerprint(loaded.get('a'))).toBe(fingerprint(assemble(whole)));
    expect(most).toBe(3);
  });

  it('survives broken connections without paying for a byte twice', async () => {
    repo = await startFakeRepo(FILES);
    const whole = blob('a', 120_000, [DATA, 0, 120_000, 0]);
    const loading = loadBlobs([whole], opener(), { windowBytes: 40_000 });
    repo.hub.faults = { breakBody: { afterBytes: 16_384, times: 4 } };
    expect(fingerprint((await loading).get('a'))).toBe(fingerprint(assemble(whole)));
    expect(servedBytes()).toBe(120_000);
    expect(repo.hub.faults.breakBody?.times).toBe(0);
  });

  it('reads the file once from a server that ignores Range', async () => {
    repo = await startFakeRepo(FILES);
    repo.hub.faults = { ignoreRange: true };
    const meter = createByteMeter();
    const parts = Array.from({ length: 20 }, (_, index) => [DATA, index * 6_000, 500, index * 500] as const);
    const scattered = blob('a', 10_000, ...parts.map((part): [FileName, number, number, number] => [...part]));
    const loaded = await loadBlobs([scattered], opener({ meter }), {});
    expect(fingerprint(loaded.get('a'))).toBe(fingerprint(assemble(scattered)));
    expect(meter.requests).toBe(2);
  });

  it('reports which file a graph reads past, before it fetches', async () => {
    repo = await startFakeRepo(FILES);
    const beyond = blob('a', 10, [DATA, 119_995, 10, 0]);
    await expect(loadBlobs([beyond], opener(), {})).rejects.toMatchObject({
      code: 'integrity-failed',
      data: { path: DATA, size: 120_000 },
    });
    expect(servedBytes()).toBe(1);
  });

  it('refuses two blobs of one name, and a blob that no memory holds', async () => {
    const twice = [blob('a', 1), blob('a', 1)];
    await expect(loadBlobs(twice, opener(), {})).rejects.toMatchObject({ code: 'model-unsupported' });
    const huge = [blob('a', Number.MAX_SAFE_INTEGER)];
    await expect(loadBlobs(huge, opener(), {})).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('stops when told to', async () => {
    repo = await startFakeRepo(FILES);
    const controller = new AbortController();
    const whole = blob('a', 120_000, [DATA, 0, 120_000, 0]);
    const loading = loadBlobs([whole], opener(), {
      windowBytes: 10_000,
      signal: controller.signal,
      onProgress: ({ loadedBytes }) => loadedBytes > 20_000 && controller.abort(),
    });
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
    expect(servedBytes()).toBeLessThan(120_000);
  });

  it('reassembles any parts of any files, for exactly the bytes of their union', async () => {
    repo = await startFakeRepo(FILES);
    for (let seed = 1; seed <= 25; seed += 1) {
      const next = seededRandom(seed);
      const needed = { [DATA]: new Set<number>(), 'onnx/model.onnx': new Set<number>() };
      const blobs = Array.from({ length: 1 + next(3) }, (_, index) => {
        let size = 0;
        const parts = Array.from({ length: next(8) }, (): [FileName, number, number, number] => {
          const file: FileName = next(3) === 0 ? 'onnx/model.onnx' : DATA;
          const offset = 1 + next(FILES[file].length - 1);
          const length = next(Math.min(4_000, FILES[file].length - offset) + 1);
          for (let byte = offset; byte < offset + length; byte += 1) needed[file].add(byte);
          size += length;
          return [file, offset, length, size - length];
        });
        return blob(`blob-${index}`, size, ...parts);
      });
      repo.hub.resetCounts();
      const loaded = await loadBlobs(blobs, opener(), { windowBytes: 1 + next(3_000), concurrency: 1 + next(6) });
      expect(loaded, `seed ${seed}`).toEqual(new Map(blobs.map((one) => [one.location, assemble(one)])));
      const union = Object.values(needed).reduce((sum, bytes) => sum + bytes.size, 0);
      const opened = Object.values(needed).filter((bytes) => bytes.size > 0).length;
      expect(servedBytes(), `seed ${seed}`).toBe(union + opened);
    }
  });
});

/** The blob as its parts define it, read straight from the file. */
function assemble(one: WeightBlob | undefined): Uint8Array {
  const bytes = new Uint8Array(one?.size ?? 0);
  for (const { file, offset, length, blobOffset } of one?.parts ?? []) {
    bytes.set(FILES[file as FileName].subarray(offset, offset + length), blobOffset);
  }
  return bytes;
}
