import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createByteMeter } from './byte-meter.ts';
import { type FakeRepo, fingerprint, QUICK_RETRY, randomBytes, startFakeRepo } from './fake-repo.ts';
import { createMemoryRangeCache } from './range-cache.ts';
import { readJsonFile, readSmallFile } from './read-small-file.ts';

const TOKENIZER = randomBytes(150_000, 31);
const CONFIG = JSON.stringify({ model_type: 'llama', name: 'ünïcode' });

let repo: FakeRepo;
afterEach(() => repo?.close());

async function start(): Promise<FakeRepo> {
  repo = await startFakeRepo({ 'config.json': CONFIG, 'tokenizer.json': TOKENIZER, 'page.json': '<!doctype html>' });
  return repo;
}

describe('readSmallFile', () => {
  it('takes one request for a file that fits the first window', async () => {
    const { location } = await start();
    const meter = createByteMeter();
    expect(await readJsonFile(location, 'config.json', { meter })).toEqual(JSON.parse(CONFIG));
    expect(meter).toEqual({ networkBytes: Buffer.byteLength(CONFIG), cachedBytes: 0, requests: 1 });
  });

  it('takes two for a larger one, each byte once', async () => {
    const { location, hub } = await start();
    const meter = createByteMeter();
    expect(fingerprint(await readSmallFile(location, 'tokenizer.json', { meter }))).toBe(fingerprint(TOKENIZER));
    expect(meter).toEqual({ networkBytes: 150_000, cachedBytes: 0, requests: 2 });
    expect(hub.servedBytes('acme/tiny/tokenizer.json')).toBe(150_000);
  });

  it('checks the whole-file hash where one is expected, cached or not', async () => {
    const { location } = await start();
    const cache = createMemoryRangeCache(1e6);
    const expected = { size: 150_000, sha256: createHash('sha256').update(TOKENIZER).digest('hex') };
    expect(fingerprint(await readSmallFile(location, 'tokenizer.json', { cache, expected }))).toBe(
      fingerprint(TOKENIZER),
    );
    const meter = createByteMeter();
    expect(fingerprint(await readSmallFile(location, 'tokenizer.json', { cache, expected, meter }))).toBe(
      fingerprint(TOKENIZER),
    );
    expect(meter).toEqual({ networkBytes: 0, cachedBytes: 150_000, requests: 0 });
    const other = { size: 150_000, sha256: 'f'.repeat(64) };
    await expect(readSmallFile(location, 'tokenizer.json', { cache, expected: other })).rejects.toMatchObject({
      code: 'integrity-failed',
      message: expect.stringContaining('tokenizer.json of acme/tiny'),
    });
  });

  it('refuses what is too large, without reading it', async () => {
    const { location, hub } = await start();
    const expected = { size: 64 * 1024 * 1024 + 1, sha256: '0'.repeat(64) };
    await expect(readSmallFile(location, 'tokenizer.json', { expected })).rejects.toMatchObject({
      code: 'model-unsupported',
    });
    expect(hub.requests).toEqual([]);
  });

  it('says that a page in place of JSON is not JSON', async () => {
    const { location } = await start();
    await expect(readJsonFile(location, 'page.json', {})).rejects.toMatchObject({ code: 'integrity-failed' });
    await expect(readJsonFile(location, 'tokenizer.json', {})).rejects.toMatchObject({ code: 'integrity-failed' });
  });

  it('keeps a missing file apart from a broken hub', async () => {
    const { location, hub } = await start();
    const options = { retry: QUICK_RETRY };
    await expect(readJsonFile(location, 'generation_config.json', options)).rejects.toMatchObject({
      code: 'model-not-found',
      data: { reason: 'EntryNotFound' },
    });
    hub.faults = { refuse: { status: 500, times: 1e9 } };
    await expect(readJsonFile(location, 'config.json', options)).rejects.toMatchObject({ code: 'download-failed' });
  });
});
