import { afterEach, describe, expect, it } from 'vitest';
import { createByteMeter } from './byte-meter.ts';
import type { FakeHubOptions } from './fake-hub.ts';
import { type FakeRepo, fingerprint, QUICK_RETRY, randomBytes, startFakeRepo } from './fake-repo.ts';
import { openHubFile } from './hub-file.ts';
import { createMemoryRangeCache } from './range-cache.ts';
import { sha256, toHex } from './sealed-range.ts';

const GRAPH = 'onnx/model.onnx';
const SERVED = `acme/tiny/${GRAPH}`;
const BYTES = randomBytes(200_000, 11);

let repo: FakeRepo;
afterEach(() => repo?.close());

async function start(options: Omit<FakeHubOptions, 'root'> = {}): Promise<FakeRepo> {
  repo = await startFakeRepo({ [GRAPH]: BYTES, 'config.json': '{"a":1}', 'empty.bin': '' }, options);
  return repo;
}

describe('openHubFile', () => {
  it('learns the size for one byte, through the redirect to the CDN', async () => {
    const { hub, location } = await start();
    const meter = createByteMeter();
    const file = await openHubFile(location, GRAPH, { meter });
    expect(file).toMatchObject({ path: GRAPH, size: 200_000, etag: toHex(await sha256(BYTES)) });
    expect(meter).toEqual({ networkBytes: 1, cachedBytes: 0, requests: 1 });
    expect(hub.servedBytes(SERVED)).toBe(1);
    expect(hub.requests.map(({ origin }) => origin)).toEqual(['hub', 'cdn']);
  });

  it('reads exactly the bytes asked for, and asks the hub only once', async () => {
    const { hub, location } = await start();
    const meter = createByteMeter();
    const file = await openHubFile(location, GRAPH, { meter });
    expect(fingerprint(await file.read(1000, 500))).toBe(fingerprint(BYTES.slice(1000, 1500)));
    expect(fingerprint(await file.read(199_999, 1))).toBe(fingerprint(BYTES.slice(199_999)));
    expect(await file.read(50, 0)).toEqual(new Uint8Array(0));
    expect(hub.servedBytes(SERVED)).toBe(1 + 500 + 1);
    expect(meter.networkBytes).toBe(502);
    expect(hub.requests.map(({ origin }) => origin)).toEqual(['hub', 'cdn', 'cdn', 'cdn']);
  });

  it('serves reads from the first window, and does not fetch it again', async () => {
    const { hub, location } = await start();
    const file = await openHubFile(location, GRAPH, { firstWindowBytes: 1000 });
    expect(fingerprint(await file.read(10, 100))).toBe(fingerprint(BYTES.slice(10, 110)));
    expect(fingerprint(await file.read(900, 300))).toBe(fingerprint(BYTES.slice(900, 1200)));
    expect(hub.servedBytes(SERVED)).toBe(1000 + 200);
  });

  it('reads a file on the hub itself, and an empty one', async () => {
    const { location, hub } = await start();
    const file = await openHubFile(location, 'config.json', {});
    expect(new TextDecoder().decode(await file.read(0, file.size))).toBe('{"a":1}');
    const empty = await openHubFile(location, 'empty.bin', {});
    expect(empty.size).toBe(0);
    expect(await empty.read(0, 0)).toEqual(new Uint8Array(0));
    expect(hub.requests.some(({ path }) => path.includes('config.json'))).toBe(true);
  });

  it('asks nothing before the first read when size and hash are expected', async () => {
    const { hub, location } = await start();
    const expected = { size: BYTES.length, sha256: toHex(await sha256(BYTES)) };
    const file = await openHubFile(location, GRAPH, { expected });
    expect(hub.requests).toEqual([]);
    expect(fingerprint(await file.read(0, file.size))).toBe(fingerprint(BYTES));
    expect(hub.servedBytes(SERVED)).toBe(200_000);
  });

  it('refuses a whole file with another hash, and one of another size', async () => {
    const { location } = await start();
    const cache = createMemoryRangeCache(1e6);
    const wrongHash = { size: BYTES.length, sha256: '0'.repeat(64) };
    const file = await openHubFile(location, GRAPH, { expected: wrongHash, cache });
    await expect(file.read(0, file.size)).rejects.toMatchObject({ code: 'integrity-failed' });
    expect(cache.heldBytes).toBe(0);
    const wrongSize = { size: BYTES.length + 1, sha256: toHex(await sha256(BYTES)) };
    const longer = await openHubFile(location, GRAPH, { expected: wrongSize });
    await expect(longer.read(0, 10)).rejects.toMatchObject({ code: 'integrity-failed' });
  });

  it.each([
    ['a repo that the hub does not have', { repo: 'acme/ghost' }, GRAPH, 401],
    ['a file that the repo does not have', {}, 'onnx/model_q4.onnx', 404],
    ['a revision that the repo does not have', { revision: 'dev' }, GRAPH, 404],
  ])('says so for %s, at once and with its name', async (_, change, path, status) => {
    const { hub, location } = await start();
    const where = { ...location, ...change };
    await expect(openHubFile(where, path, { retry: QUICK_RETRY })).rejects.toMatchObject({
      code: 'model-not-found',
      message: expect.stringContaining(`${path} of ${where.repo}`),
      data: { status },
    });
    expect(hub.requests).toHaveLength(1);
  });

  it('refuses reads outside the file', async () => {
    const { location } = await start();
    const file = await openHubFile(location, GRAPH, {});
    for (const [offset, length] of [
      [-1, 2],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      await expect(file.read(offset, length)).rejects.toMatchObject({ code: 'bad-request' });
    }
    await expect(file.read(199_999, 2)).rejects.toMatchObject({ code: 'download-truncated' });
  });

  it('goes back to the hub when the signed address has been used up', async () => {
    const { hub, location } = await start({ signedUrlUses: 2 });
    const file = await openHubFile(location, GRAPH, { retry: { ...QUICK_RETRY, baseDelayMs: 60_000 } });
    for (let index = 0; index < 5; index += 1) {
      expect(fingerprint(await file.read(index * 10, 10))).toBe(fingerprint(BYTES.slice(index * 10, index * 10 + 10)));
    }
    expect(hub.requests.filter(({ origin }) => origin === 'hub')).toHaveLength(3);
    expect(hub.servedBytes(SERVED)).toBe(50);
  });
});

describe('a signed address that expires without CORS headers', () => {
  it('is left for the hub, since a browser cannot tell it from a dead network', async () => {
    const { hub, location } = await start({ signedUrlUses: 1, corsOnExpired: false });
    const withCors: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (answer.headers.get('access-control-allow-origin') === null) throw new TypeError('Failed to fetch');
      return answer;
    };
    const file = await openHubFile(location, GRAPH, { fetch: withCors, retry: QUICK_RETRY });
    expect(await file.read(10, 10)).toEqual(BYTES.slice(10, 20));
    expect(hub.requests.map(({ origin }) => origin)).toEqual(['hub', 'cdn', 'cdn', 'hub', 'cdn']);
  });
});

describe('the cache behind a file', () => {
  it('answers the second visit, for the one byte that shows the ETag', async () => {
    const { hub, location } = await start();
    const cache = createMemoryRangeCache(1e6);
    await (await openHubFile(location, GRAPH, { cache })).read(500, 1000);
    hub.resetCounts();
    const meter = createByteMeter();
    const again = await openHubFile(location, GRAPH, { cache, meter });
    expect(fingerprint(await again.read(500, 1000))).toBe(fingerprint(BYTES.slice(500, 1500)));
    expect(meter).toEqual({ networkBytes: 1, cachedBytes: 1000, requests: 1 });
    expect(hub.servedBytes(SERVED)).toBe(1);
  });

  it('needs no network at all where the hash is expected', async () => {
    const { hub, location } = await start();
    const cache = createMemoryRangeCache(1e6);
    const expected = { size: BYTES.length, sha256: toHex(await sha256(BYTES)) };
    await (await openHubFile(location, GRAPH, { cache, expected })).read(0, BYTES.length);
    await hub.close();
    const offline = await openHubFile(location, GRAPH, { cache, expected, retry: QUICK_RETRY });
    expect(fingerprint(await offline.read(0, BYTES.length))).toBe(fingerprint(BYTES));
  });

  it('is keyed by content, not by revision, and never shared between hubs', async () => {
    const { hub, location } = await start();
    const main = await openHubFile(location, GRAPH, {});
    const commit = await openHubFile({ ...location, revision: hub.commit }, GRAPH, {});
    expect(commit.immutableKey).toBe(main.immutableKey);
    const other = await startFakeRepo({ [GRAPH]: BYTES });
    const elsewhere = await openHubFile(other.location, GRAPH, {});
    await other.close();
    expect(elsewhere.etag).toBe(main.etag);
    expect(elsewhere.immutableKey).not.toBe(main.immutableKey);
  });

  it('refetches an entry that was corrupted', async () => {
    const { hub, location } = await start();
    const entries = new Map<string, Uint8Array>();
    const cache = {
      get: async (key: string) => entries.get(key),
      put: async (key: string, bytes: Uint8Array) => void entries.set(key, bytes),
    };
    const file = await openHubFile(location, GRAPH, { cache });
    await file.read(100, 50);
    const sealed = [...entries].find(([key]) => !key.startsWith('opening:'))?.[1];
    if (sealed) sealed[60] = (sealed[60] ?? 0) ^ 1;
    hub.resetCounts();
    expect(fingerprint(await file.read(100, 50))).toBe(fingerprint(BYTES.slice(100, 150)));
    expect(hub.servedBytes(SERVED)).toBe(50);
    hub.resetCounts();
    await file.read(100, 50);
    expect(hub.servedBytes(SERVED)).toBe(0);
  });

  it('keeps nothing that has no name: no ETag, no date, a moving branch', async () => {
    const { location } = await start({ cdn: false });
    const cache = createMemoryRangeCache(1e6);
    // What a browser is left with where CORS shows no ETag.
    const hidden: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const headers = new Headers(answer.headers);
      headers.delete('etag');
      return new Response(answer.body, { status: answer.status, headers });
    };
    await (await openHubFile(location, GRAPH, { cache, fetch: hidden })).read(0, 100);
    expect(cache.heldBytes).toBe(0);
    const pinned = { ...location, revision: repo.hub.commit };
    const file = await openHubFile(pinned, GRAPH, { cache, fetch: hidden });
    const opening = cache.heldBytes;
    expect(opening).toBeGreaterThan(0);
    await file.read(0, 100);
    expect(cache.heldBytes).toBe(opening + 132);
  });
});
