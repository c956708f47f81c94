// Models opened from a hub on loopback: what is read of them, what is not, and what a hub that lies gets.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadOrtRuntime, type OrtRuntime } from '../engine/ort-runtime.ts';
import { startFakeHub } from '../hub/fake-hub.ts';
import type { ModelSource } from '../words/model-source.ts';
import { loadStage } from './load-stage.ts';
import { openModel, openModelFiles } from './open-model.ts';
import { probeLayer } from './probe-layer.ts';

const REPO = 'computepool/guide-4m';
const GRAPH = 'onnx/model_q4.onnx';
const WEIGHTS = 'onnx/model_q4.onnx_data';
const LIST = readFileSync('public/models/index.json', 'utf8');
const lent = { memoryBytes: 256 * 1024 ** 2 };

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A hub with the site's model, some files of it changed; with `list` also a site that names their hashes. */
async function startModel(changes: Record<string, string | Uint8Array> = {}, list?: string) {
  const root = mkdtempSync(join(tmpdir(), 'open-model-'));
  for (const path of ['config.json', GRAPH, WEIGHTS]) {
    const target = join(root, REPO, path);
    mkdirSync(dirname(target), { recursive: true });
    const changed = changes[path];
    if (changed === undefined) copyFileSync(join('public/models', REPO, path), target);
    else writeFileSync(target, changed);
  }
  const hub = await startFakeHub({ root });
  const site = createServer((_, response) => response.end(list));
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  closers.push(
    () => hub.close(),
    () => site.close(),
    () => rmSync(root, { recursive: true }),
  );
  const source: ModelSource = { model: { repo: REPO, revision: 'main', dtype: 'q4' }, hubUrl: hub.url };
  const indexUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/index.json`;
  return { hub, source: list === undefined ? source : { ...source, indexUrl } };
}

test('a model is opened and probed without a byte of its weights, and loaded with those of its layers alone', async () => {
  const { hub, source } = await startModel();
  const model = await openModel(source);
  const runtime = await loadOrtRuntime('wasm');
  expect(await probeLayer(runtime, model, lent)).toBeGreaterThan(0);
  expect(hub.servedBytes(`${REPO}/${WEIGHTS}`)).toBe(0);
  const told: number[] = [];
  const stage = await loadStage(
    runtime,
    model,
    { start: 1, end: 2 },
    { lent, onProgress: ({ loadedBytes }) => told.push(loadedBytes) },
  );
  expect(stage).toMatchObject({ start: 1, end: 2, entry: false, exit: false });
  expect(told).toEqual([...told].sort((a, b) => a - b));
  // One layer, and a first byte for the length of the file.
  expect(Math.abs(hub.servedBytes(`${REPO}/${WEIGHTS}`) - told.at(-1)!)).toBeLessThan(0.03 * told.at(-1)!);
  await stage.dispose();
});

test('a load that is called off fetches no more and starts nothing', async () => {
  const { source } = await startModel();
  const model = await openModel(source);
  const signal = AbortSignal.abort();
  const real = await loadOrtRuntime('wasm');
  const runtime: OrtRuntime = { ...real, exclusive: () => expect.fail('Nothing is to be started.') };
  const loading = loadStage(runtime, model, { start: 0, end: 1 }, { lent, signal });
  await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
});

test('a layer whose probe fails is let go', async () => {
  const { source } = await startModel();
  const model = await openModel(source);
  const real = await loadOrtRuntime('wasm');
  let released = 0;
  const session = {
    run: () => Promise.reject(new Error('std::bad_alloc')),
    release: async () => void released++,
  };
  const ort = { ...real.ort, Tensor: real.ort.Tensor, InferenceSession: { create: async () => session } };
  const runtime = { ...real, ort: ort as unknown as OrtRuntime['ort'] };
  await expect(probeLayer(runtime, model, lent)).rejects.toMatchObject({ code: 'out-of-memory' });
  expect(released).toBe(1);
});

test.each<[string, Record<string, string | Uint8Array>, string]>([
  ['a graph that is none', { [GRAPH]: 'no model' }, 'model-unsupported'],
  [
    'a graph that ends in the middle',
    { [GRAPH]: readFileSync(`public/models/${REPO}/${GRAPH}`).subarray(0, 40_000) },
    'model-unsupported',
  ],
  ['a config that is no JSON', { 'config.json': '<html>' }, 'integrity-failed'],
])('%s is refused by its code', async (_, changes, code) => {
  const { source } = await startModel(changes);
  await expect(openModel(source)).rejects.toMatchObject({ code });
});

test('weights that are shorter than the graph says are not waited for', async () => {
  const { source } = await startModel({ [WEIGHTS]: new Uint8Array(1000) });
  const model = await openModel(source);
  const loading = loadStage(await loadOrtRuntime('wasm'), model, { start: 0, end: 1 }, { lent });
  await expect(loading).rejects.toMatchObject({ code: 'integrity-failed' });
});

test('a graph that is not the one that the site lists is refused, though it is a graph', async () => {
  const graph = readFileSync(`public/models/${REPO}/${GRAPH}`);
  const other = Uint8Array.from(graph);
  // A letter of the producer's name.
  other[other.indexOf('onnx'.charCodeAt(0))]! ^= 1;
  const unlisted = await startModel({ [GRAPH]: other });
  await expect(openModel(unlisted.source)).resolves.toBeDefined();
  const listed = await startModel({ [GRAPH]: other }, LIST);
  await expect(openModel(listed.source)).rejects.toMatchObject({ code: 'integrity-failed' });
  const honest = await startModel({}, LIST);
  expect((await openModel(honest.source)).files.isListed(GRAPH)).toBe(true);
});

test.each<[Partial<ModelSource['model']>, string]>([
  [{ dtype: 'q5' as never }, 'model-unsupported'],
  [{ repo: 'acme/none' }, 'model-not-found'],
  [{ revision: 'gone' }, 'model-not-found'],
  [{ dtype: 'fp32' }, 'model-not-found'],
])('%j has no model', async (fields, code) => {
  const { source } = await startModel();
  await expect(openModel({ ...source, model: { ...source.model, ...fields } })).rejects.toMatchObject({ code });
});

test('E12: of a weight format that is missing it is said which ones there are', async () => {
  const { source } = await startModel();
  const opening = openModel({ ...source, model: { ...source.model, dtype: 'q8' } });
  await expect(opening).rejects.toMatchObject({
    code: 'model-not-found',
    message: `${REPO} has no weights in q8; it has q4.`,
    data: { dtypes: ['q4'] },
  });
  // A list that names more than there is says nothing of what is there.
  const listed = await startModel({}, LIST);
  const other = openModel({ ...listed.source, model: { ...listed.source.model, dtype: 'fp16' } });
  await expect(other).rejects.toMatchObject({ message: `${REPO} has no weights in fp16; it has q4.` });
  await expect(openModel({ ...source, model: { ...source.model, repo: 'acme/none' } })).rejects.not.toHaveProperty(
    'data.dtypes',
  );
});

test('a text that a repository lacks is undefined, a hub that fails is a failure', async () => {
  const { hub, source } = await startModel();
  const files = await openModelFiles(source);
  expect(await files.optionalText('chat_template.jinja')).toBeUndefined();
  expect(await files.optionalText('config.json')).toContain('max_position_embeddings');
  expect(files.isListed('config.json')).toBe(false);
  await hub.close();
  await expect(files.optionalText('config.json')).rejects.toMatchObject({ code: 'download-failed' });
});
