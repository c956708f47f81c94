import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { loadOrtRuntime } from '../engine/ort-runtime.ts';
import { startFakeHub } from '../hub/fake-hub.ts';
import { DraftModel } from './draft-model.ts';
import { MODEL } from './test-stages.ts';

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A site with its list of models, and the hub beside it. */
async function startSite() {
  const list = readFileSync('public/models/index.json');
  const hub = await startFakeHub({ root: 'public/models' });
  const site = createServer((_, response) => response.setHeader('Content-Type', 'application/json').end(list));
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  closers.push(
    () => hub.close(),
    () => site.close(),
  );
  const base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  return { hub, source: { model: MODEL, hubUrl: hub.url, indexUrl: `${base}/index.json` } };
}

test('a model of the hub has no drafter, and looking for one breaks nothing', async () => {
  let started = 0;
  const runtime = () => {
    started++;
    return Promise.reject(new Error('no runtime here'));
  };
  const source = {
    model: { repo: 'acme/model', revision: 'main', dtype: 'q4' },
    hubUrl: 'http://127.0.0.1:9',
  } as const;
  const draft = new DraftModel(runtime, source);
  draft.load();
  const unreachable = new DraftModel(runtime, { ...source, indexUrl: 'http://127.0.0.1:9/index.json' });
  unreachable.load();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([draft.executor, unreachable.executor]).toEqual([undefined, undefined]);
  expect(started).toBe(0);
});

test('the site’s model has its drafter loaded whole, once, and with all its layers', async () => {
  const { hub, source } = await startSite();
  let started = 0;
  const runtime = () => {
    started++;
    return loadOrtRuntime('wasm');
  };
  const draft = new DraftModel(runtime, source);
  expect(draft.executor).toBeUndefined();
  draft.load();
  draft.load();
  await expect.poll(() => draft.executor).toBeDefined();
  const { executor } = draft;
  expect(executor).toMatchObject({ start: 0, entry: true, exit: true });
  const input = { ids: Int32Array.of(1, 2), tokens: 2, rows: 'last', inverseTemperature: 1 } as const;
  expect((await executor!.run(executor!.openCache(), input)).rows).toHaveLength(1);
  draft.load();
  expect([draft.executor === executor, started]).toEqual([true, 1]);
  // Weights of the drafter alone: the model itself is others' to load.
  expect(hub.servedBytes(`${MODEL.repo}/onnx/model_q4.onnx_data`)).toBe(0);
  await executor!.dispose();
});
