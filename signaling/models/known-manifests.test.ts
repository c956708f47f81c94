// What the server has read of models stays read, is read again where newer files are seen, and failures are not repeated for
// every tab.
import { beforeEach, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { KnownManifests } from './known-manifests.ts';

const POOL = poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4' });
const KEPT = poolIdOf({ repo: 'a/kept', revision: 'main', dtype: 'q4' });
const OLD = manifestOf();
const NEW = manifestOf({ graphSha256: 'b'.repeat(64) });

const ANN = { address: '10.0.0.1', owner: 'ann' };

let nowMs: number;
const read = vi.fn<() => Promise<ModelManifest>>();
let known: KnownManifests;
beforeEach(() => {
  nowMs = 0;
  read.mockReset().mockResolvedValue(OLD);
  const keptOf = (pool: string) => (pool === KEPT ? NEW : undefined);
  known = new KnownManifests({ reader: { manifest: read }, keptOf, now: () => nowMs });
});

test('a model is read once for many, and a pool that is kept not at all', async () => {
  expect(known.find(POOL)).toBeUndefined();
  expect(await Promise.all([known.read(POOL, ANN), known.read(POOL, ANN)])).toEqual([OLD, OLD]);
  expect(known.find(POOL)).toBe(OLD);
  expect([known.find(KEPT), await known.read(KEPT, ANN)]).toEqual([NEW, NEW]);
  expect(read).toHaveBeenCalledTimes(1);
});

test('whoever has other files makes the server look again, a minute after it looked', async () => {
  const isWrong = (manifest: ModelManifest) => manifest !== NEW;
  await known.read(POOL, ANN);
  read.mockResolvedValue(NEW);
  expect(await known.read(POOL, ANN, isWrong)).toBe(OLD);
  nowMs = 60_001;
  expect(await known.read(POOL, ANN)).toBe(OLD);
  expect(await known.read(POOL, ANN, isWrong)).toBe(NEW);
  expect(await known.read(POOL, ANN, isWrong)).toBe(NEW);
  expect(read).toHaveBeenCalledTimes(2);
});

test('what cannot be read is tried again after some seconds, what the server had no room for at once', async () => {
  read.mockRejectedValueOnce(new PoolError('model-not-found', 'It is not there.'));
  await expect(known.read(POOL, ANN)).rejects.toMatchObject({ code: 'model-not-found' });
  await expect(known.read(POOL, ANN)).rejects.toMatchObject({ code: 'model-not-found' });
  expect(read).toHaveBeenCalledTimes(1);
  nowMs = 10_001;
  read.mockRejectedValueOnce(new PoolError('rate-limited', 'Others are read.'));
  await expect(known.read(POOL, ANN)).rejects.toMatchObject({ code: 'rate-limited' });
  expect(await known.read(POOL, ANN)).toBe(OLD);
});
