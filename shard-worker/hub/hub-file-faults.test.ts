// A file read from servers that misbehave in each way that hubs, CDNs and networks are known to.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createByteMeter } from './byte-meter.ts';
import { type FakeRepo, fingerprint, QUICK_RETRY, randomBytes, startFakeRepo } from './fake-repo.ts';
import { type HubFile, openHubFile } from './hub-file.ts';

const GRAPH = 'onnx/model.onnx';
const SERVED = `acme/tiny/${GRAPH}`;
const BYTES = randomBytes(300_000, 12);

let repo: FakeRepo;
beforeEach(async () => {
  repo = await startFakeRepo({ [GRAPH]: BYTES });
});
afterEach(() => repo.close());

/** Opens with the faults off, so that a test is about its read. */
async function open(options: Partial<Parameters<typeof openHubFile>[2]> = {}): Promise<HubFile> {
  const file = await openHubFile(repo.location, GRAPH, { retry: QUICK_RETRY, ...options });
  repo.hub.resetCounts();
  return file;
}

describe('connections that break', () => {
  it('goes on from the byte that came last, and pays for no byte twice', async () => {
    const file = await open();
    repo.hub.faults = { breakBody: { afterBytes: 30_000, times: 3 } };
    expect(fingerprint(await file.read(1000, 200_000))).toBe(fingerprint(BYTES.slice(1000, 201_000)));
    expect(repo.hub.servedBytes(SERVED)).toBe(200_000);
    expect(repo.hub.requests.map(({ range }) => range)).toEqual([
      'bytes=1000-200999',
      'bytes=31000-200999',
      'bytes=61000-200999',
      'bytes=91000-200999',
    ]);
  });

  it('finishes over any number of breaks, as long as each brings something', async () => {
    const file = await open();
    repo.hub.faults = { breakBody: { afterBytes: 10_000, times: 25 } };
    expect(fingerprint(await file.read(0, 300_000))).toBe(fingerprint(BYTES));
    expect(repo.hub.servedBytes(SERVED)).toBe(299_999);
  });

  it('ends with download-truncated when the same byte never comes', async () => {
    const file = await open();
    repo.hub.faults = { truncateAtByte: 50_000 };
    await expect(file.read(0, 100_000)).rejects.toMatchObject({
      code: 'download-truncated',
      data: { tries: QUICK_RETRY.maxTries, nextByte: 50_000 },
    });
    expect(repo.hub.requests).toHaveLength(QUICK_RETRY.maxTries);
  });

  it('takes a silent connection for a broken one', async () => {
    const file = await open({ retry: { ...QUICK_RETRY, idleTimeoutMs: 300, maxTries: 2 } });
    repo.hub.faults = { stallBody: { afterBytes: 5_000, times: 1 } };
    expect(fingerprint(await file.read(1, 12_000))).toBe(fingerprint(BYTES.slice(1, 12_001)));
    expect(repo.hub.servedBytes(SERVED)).toBe(12_000);
    repo.hub.faults = { stallBody: { afterBytes: 0, times: 1e9 } };
    await expect(file.read(1, 12_000)).rejects.toMatchObject({ code: 'download-failed' });
  });

  it('says that a server is not there', async () => {
    const file = await open();
    await repo.hub.close();
    await expect(file.read(0, 10)).rejects.toMatchObject({ code: 'download-failed' });
  });
});

describe('refusals', () => {
  it('waits as long as a 429 asks', async () => {
    const file = await open();
    repo.hub.faults = { refuse: { status: 429, times: 1, retryAfter: '1' } };
    const startedMs = performance.now();
    expect(fingerprint(await file.read(0, 10))).toBe(fingerprint(BYTES.slice(0, 10)));
    expect(performance.now() - startedMs).toBeGreaterThan(990);
    expect(repo.hub.requests[0]?.status).toBe(429);
  });

  it.each([
    [429, 'rate-limited'],
    [500, 'download-failed'],
    [503, 'download-failed'],
  ])('tries %i again, a bounded number of times, then says %s', async (status, code) => {
    const file = await open();
    repo.hub.faults = { refuse: { status, times: 2 } };
    expect(fingerprint(await file.read(0, 10))).toBe(fingerprint(BYTES.slice(0, 10)));
    repo.hub.resetCounts();
    repo.hub.faults = { refuse: { status, times: 1e9 } };
    await expect(file.read(0, 10)).rejects.toMatchObject({ code });
    expect(repo.hub.requests).toHaveLength(QUICK_RETRY.maxTries);
  });

  it('does not repeat what will not change', async () => {
    const file = await open();
    repo.hub.faults = { refuse: { status: 418, times: 1e9 } };
    await expect(file.read(0, 10)).rejects.toMatchObject({ code: 'download-failed', data: { status: 418 } });
    expect(repo.hub.requests).toHaveLength(1);
  });

  it('gives up on a CDN that refuses fresh addresses too', async () => {
    repo.hub.faults = { refuse: { status: 403, times: 1e9, on: 'cdn' } };
    await expect(open()).rejects.toMatchObject({ code: 'download-failed' });
    expect(repo.hub.requests.filter(({ origin }) => origin === 'cdn')).toHaveLength(QUICK_RETRY.maxTries);
  });

  it('stops when told to, in the middle of a body and of a wait', async () => {
    const controller = new AbortController();
    const file = await open();
    repo.hub.faults = { bytesPerSecond: 100_000 };
    const reading = file.read(0, 300_000, { signal: controller.signal });
    setTimeout(() => controller.abort(), 60);
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    repo.hub.faults = { refuse: { status: 503, times: 1e9, retryAfter: '1' } };
    const startedMs = performance.now();
    await expect(file.read(0, 10, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - startedMs).toBeLessThan(900);
  });
});

describe('wrong answers', () => {
  it.each(['shifted', 'shorter', 'other-size'] as const)('refuses a %s Content-Range', async (contentRange) => {
    const file = await open();
    repo.hub.faults = { contentRange };
    await expect(file.read(0, 100)).rejects.toMatchObject({ code: 'integrity-failed' });
    expect(repo.hub.requests).toHaveLength(1);
  });

  it('does without a Content-Range that CORS hides, once the size is known', async () => {
    const file = await open();
    repo.hub.faults = { contentRange: 'hidden' };
    expect(fingerprint(await file.read(7, 100))).toBe(fingerprint(BYTES.slice(7, 107)));
    await expect(open()).rejects.toMatchObject({ code: 'download-failed' });
  });

  it('refuses to mix two versions of a file', async () => {
    repo.hub.faults = { changingEtag: true };
    const file = await open();
    await expect(file.read(0, 100)).rejects.toMatchObject({
      code: 'integrity-failed',
      message: expect.stringContaining('changed'),
    });
  });

  it('refuses ranges of a compressed form', async () => {
    const file = await open();
    repo.hub.faults = { gzip: true };
    await expect(file.read(0, 100)).rejects.toMatchObject({ code: 'download-failed' });
  });
});

describe('callers that fail', () => {
  it('does not take their error for a broken connection', async () => {
    const file = await open();
    const broken = new TypeError('a bug of the caller');
    const reading = file.readRanges([{ offset: 1, length: 10 }], () => {
      throw broken;
    });
    await expect(reading).rejects.toBe(broken);
    expect(repo.hub.requests).toHaveLength(1);
  });
});

describe('a server that ignores Range', () => {
  it('keeps the wanted part, holds nothing else, and stops reading after it', async () => {
    repo.hub.faults = { ignoreRange: true };
    const meter = createByteMeter();
    const file = await open({ meter });
    meter.networkBytes = 0;
    expect(file.size).toBe(300_000);
    expect(fingerprint(await file.read(20_000, 1000))).toBe(fingerprint(BYTES.slice(20_000, 21_000)));
    expect(meter.networkBytes).toBeGreaterThanOrEqual(21_000);
    expect(meter.networkBytes).toBeLessThan(300_000);
  });

  it('brings many ranges in a single pass', async () => {
    repo.hub.faults = { ignoreRange: true };
    const meter = createByteMeter();
    const file = await open({ meter });
    const before = { ...meter };
    const ranges = [250_000, 10, 90_000, 299_000].map((offset) => ({ offset, length: 1000 }));
    const found = new Map<number, Uint8Array>();
    await file.readRanges(ranges, (index, bytes) => void found.set(index, bytes));
    for (const [index, { offset }] of ranges.entries()) {
      expect(fingerprint(found.get(index))).toBe(fingerprint(BYTES.slice(offset, offset + 1000)));
    }
    expect(meter.requests - before.requests).toBe(1);
    expect(meter.networkBytes - before.networkBytes).toBe(300_000);
  });

  it('starts over after a break, and still gives each range once', async () => {
    repo.hub.faults = { ignoreRange: true };
    const file = await open();
    repo.hub.faults = { ignoreRange: true, breakBody: { afterBytes: 120_000, times: 1 } };
    const found: [number, Uint8Array][] = [];
    const ranges = [0, 100_000, 200_000].map((offset) => ({ offset, length: 50_000 }));
    await file.readRanges(ranges, (index, bytes) => void found.push([index, bytes]));
    expect(found).toEqual(ranges.map(({ offset }, index) => [index, BYTES.slice(offset, offset + 50_000)]));
    expect(repo.hub.requests).toHaveLength(2);
  });

  it('is read to its end when it tells no size', async () => {
    repo.hub.faults = { ignoreRange: true, hideSize: true };
    const file = await open();
    expect(file.size).toBe(300_000);
    expect(fingerprint(await file.read(299_990, 10))).toBe(fingerprint(BYTES.slice(299_990)));
  });

  it('is understood when it compresses and says so', async () => {
    repo.hub.faults = { ignoreRange: true, gzip: true };
    const file = await open();
    expect(fingerprint(await file.read(0, file.size))).toBe(fingerprint(BYTES));
  });

  it('is refused when its length counts other bytes than it sends', async () => {
    // With the header hidden a browser sees half a length and then the whole file.
    repo.hub.faults = { ignoreRange: true, gzip: true };
    const unlabelled: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const headers = new Headers(answer.headers);
      headers.delete('content-encoding');
      headers.set('content-length', '150000');
      return new Response(answer.body, { status: answer.status, headers });
    };
    const file = await open({ fetch: unlabelled });
    expect(file.size).toBe(150_000);
    await expect(file.read(0, file.size)).rejects.toMatchObject({ code: 'integrity-failed' });
  });
});
