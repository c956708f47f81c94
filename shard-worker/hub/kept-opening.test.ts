import { afterEach, expect, test } from 'vitest';
import { type FakeRepo, fingerprint, QUICK_RETRY, randomBytes, startFakeRepo } from './fake-repo.ts';
import { openHubFile } from './hub-file.ts';
import { recallOpening } from './kept-opening.ts';
import { loadModelIndex } from './model-index.ts';
import { createMemoryRangeCache, type RangeCache } from './range-cache.ts';
import { readJsonFile } from './read-small-file.ts';

const GRAPH = 'onnx/model.onnx';
const BYTES = randomBytes(90_000, 3);

let repo: FakeRepo;
let isClosed = false;
afterEach(() => (isClosed ? undefined : repo.close()));

async function start(
  files: Record<string, Uint8Array | string>,
): Promise<{ cache: RangeCache; retry: typeof QUICK_RETRY }> {
  repo = await startFakeRepo(files);
  isClosed = false;
  return { cache: createMemoryRangeCache(1e6), retry: QUICK_RETRY };
}
async function stop(): Promise<void> {
  isClosed = true;
  await repo.close();
}

test('a file that was read is read again without its server, as far as it was read', async () => {
  const options = await start({ [GRAPH]: BYTES, 'config.json': '{"a":1}' });
  const { location } = repo;
  const file = await openHubFile(location, GRAPH, options);
  await file.read(1000, 500);
  await readJsonFile(location, 'config.json', options);
  await stop();
  const again = await openHubFile(location, GRAPH, options);
  expect([again.size, again.immutableKey]).toEqual([90_000, file.immutableKey]);
  expect(fingerprint(await again.read(1000, 500))).toBe(fingerprint(BYTES.slice(1000, 1500)));
  await expect(again.read(5000, 10)).rejects.toMatchObject({ code: 'download-failed' });
  expect(await readJsonFile(location, 'config.json', options)).toEqual({ a: 1 });
});

test('what was never seen is out of reach, and what was not there is not there', async () => {
  const options = await start({ 'config.json': '{}' });
  const { location } = repo;
  await expect(openHubFile(location, 'none.txt', options)).rejects.toMatchObject({ code: 'model-not-found' });
  await stop();
  await expect(openHubFile(location, 'config.json', options)).rejects.toMatchObject({ code: 'download-failed' });
  await expect(openHubFile(location, 'none.txt', options)).rejects.toMatchObject({ code: 'model-not-found' });
});

test('a server that is there is always asked', async () => {
  const options = await start({ 'config.json': '{"a":1}' });
  const { location, hub } = repo;
  await readJsonFile(location, 'config.json', options);
  const asked = hub.requests.length;
  await readJsonFile(location, 'config.json', options);
  expect(hub.requests.length).toBeGreaterThan(asked);
});

test('an entry that the disk has spoilt is none', async () => {
  const options = await start({ 'config.json': '{"a":1}' });
  const { location } = repo;
  const url = `${location.hubUrl}/${location.repo}/resolve/main/config.json`;
  await readJsonFile(location, 'config.json', options);
  expect((await recallOpening(options.cache, url))?.seen.size).toBe(7);
  const sealed = await options.cache.get(`opening:${url}`);
  sealed![40]! ^= 1;
  await options.cache.put(`opening:${url}`, sealed!);
  expect(await recallOpening(options.cache, url)).toBeUndefined();
});

test('the list of a site’s models is what it was while its server is out of reach', async () => {
  const options = await start({ 'index.json': '{"models":[]}' });
  const base = `${repo.location.hubUrl}/acme/tiny/resolve/main`;
  expect(await loadModelIndex(base, options)).toEqual({ models: [] });
  await stop();
  expect(await loadModelIndex(base, options)).toEqual({ models: [] });
  await expect(loadModelIndex(base, { retry: QUICK_RETRY })).rejects.toMatchObject({ code: 'download-failed' });
});
