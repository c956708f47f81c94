import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PoolError } from '../protocol/errors.ts';
import type { ModelRef } from '../protocol/ids.ts';
import { manifestSchema } from '../protocol/manifest.ts';
import { type FakeHub, startFakeHub } from './hub/fake-hub.ts';
import { QUICK_RETRY } from './hub/fake-repo.ts';
import { makeManifest } from './model/make-manifest.ts';
import { describeDecoder } from './onnx/describe-decoder.ts';
import { readFixture } from './onnx/fixture-models.ts';
import { readGraph } from './onnx/read-graph.ts';
import { type BoundedRead, readManifest } from './read-manifest.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const GUIDE: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
const GUIDE_GRAPH = `${GUIDE.repo}/onnx/model_q4.onnx`;
const TINY: ModelRef = { repo: 'acme/tiny', revision: 'main', dtype: 'fp32' };
const FIXTURE = 'qwen3-genai';

let root: string;
let hub: FakeHub;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'computepool-manifest-'));
  const copy = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await copyFile(at(from), join(root, to));
  };
  for (const file of ['config.json', 'onnx/model_q4.onnx', 'onnx/model_q4.onnx_data']) {
    await copy(`public/models/${GUIDE.repo}/${file}`, `${GUIDE.repo}/${file}`);
  }
  for (const file of ['config.json', 'onnx/model.onnx', 'onnx/model.onnx_data']) {
    await copy(`tools/fixtures/models/${FIXTURE}/${file}`, `${TINY.repo}/${file}`);
  }
  await mkdir(join(root, 'acme/junk/onnx'), { recursive: true });
  await writeFile(join(root, 'acme/junk/config.json'), '{}');
  await writeFile(join(root, 'acme/junk/onnx/model.onnx'), 'no graph at all');
  hub = await startFakeHub({ root });
});
afterAll(async () => {
  await hub.close();
  await rm(root, { recursive: true });
});

const read = (model: ModelRef, fields: Partial<BoundedRead> = {}) =>
  readManifest({ model, hubUrl: hub.url, retry: QUICK_RETRY, ...fields });
const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'read',
    (error) => PoolError.from(error).code,
  );

describe('readManifest', () => {
  it('gives what a peer would tell, and fetches no weights', async () => {
    hub.resetCounts();
    const manifest = await read(GUIDE);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(manifest.layerBytes).toHaveLength(manifest.layers);
    expect(hub.servedBytes(`${GUIDE.repo}/onnx/model_q4.onnx_data`)).toBe(0);
    expect(
      hub.requests.some(({ origin }) => origin === 'cdn'),
      'redirects are followed',
    ).toBe(true);
  });

  it('equals the manifest of the same graph read from memory', async () => {
    const graph = await readGraph(readFixture(`${FIXTURE}/fp32`).source);
    const manifest = await read(TINY);
    expect(manifest).toEqual(await makeManifest(graph, describeDecoder(graph), manifest.maxContext));
  });

  it('checks a listed graph by its hash', async () => {
    const listing = (sha256: string): typeof fetch => {
      const list = JSON.stringify(listOf(sha256));
      const headers = { 'content-length': String(list.length) };
      return async (url, init) =>
        String(url).endsWith('/index.json') ? new Response(list, { headers }) : fetch(url, init);
    };
    const indexUrl = `${hub.url}/models/index.json`;
    const hash = createHash('sha256')
      .update(await readFile(at(`public/models/${GUIDE_GRAPH}`)))
      .digest('hex');
    expect(await codeOf(read(GUIDE, { fetch: listing(hash), indexUrl }))).toBe('read');
    expect(await codeOf(read(GUIDE, { fetch: listing('0'.repeat(64)), indexUrl }))).toBe('integrity-failed');
  });

  it.each([
    ['a repository that is not there', { ...TINY, repo: 'acme/ghost' }, 'model-not-found'],
    ['a revision that is not there', { ...TINY, revision: 'v9' }, 'model-not-found'],
    ['a dtype that is not there', { ...TINY, dtype: 'bnb4' }, 'model-not-found'],
    ['a file that is no graph', { ...TINY, repo: 'acme/junk' }, 'model-unsupported'],
    ['a name that is none', { ...TINY, repo: '../..' }, 'bad-request'],
  ] as const)('refuses %s', async (_name, model, code) => {
    expect(await codeOf(read(model))).toBe(code);
  });
});

describe('bounds', () => {
  it('stops past so many bytes, even of a server that ignores ranges', async () => {
    hub.faults = { ignoreRange: true };
    hub.resetCounts();
    expect(await codeOf(read(GUIDE, { maxBytes: 10_000 }))).toBe('too-large');
    hub.faults = {};
  });

  it('stops after so long', async () => {
    hub.faults = { stallBody: { afterBytes: 10, times: 9 } };
    const startedAtMs = performance.now();
    expect(await codeOf(read(GUIDE, { timeoutMs: 100 }))).toBe('download-failed');
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
    hub.faults = {};
  });

  it('stops when it is not wanted any more', async () => {
    expect(await codeOf(read(GUIDE, { signal: AbortSignal.abort() }))).toBe('cancelled');
  });
});

describe('redirects', () => {
  const led = (hubUrl: string, location: string) => {
    const asked: string[] = [];
    const inner = (async (url) => {
      asked.push(new URL(String(url)).host);
      return String(url).startsWith(hubUrl)
        ? new Response(null, { status: 302, headers: { location } })
        : new Response('{}', { status: 404 });
    }) satisfies typeof fetch;
    return codeOf(read(TINY, { hubUrl, fetch: inner })).then((code) => ({ code, asked: [...new Set(asked)] }));
  };

  it.each([
    'http://cdn.example/x',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://[::1]/x',
    'https://localhost/x',
    'http://169.254.169.254/latest/meta-data',
    'https://metadata/x',
    'file:///etc/passwd',
  ])('of a hub on the web never lead to %s', async (location) => {
    const { code, asked } = await led('https://hub.example', location);
    expect(asked).toEqual(['hub.example']);
    expect(code).toBe('download-failed');
  });

  it('lead to a CDN', async () => {
    const { asked } = await led('https://hub.example', 'https://cdn.hub.example/x');
    expect(asked).toEqual(['hub.example', 'cdn.hub.example']);
  });

  it('end somewhere', async () => {
    expect((await led('https://hub.example', 'https://hub.example/again')).code).toBe('download-failed');
  });
});

const listOf = (sha256: string) => ({
  models: [
    {
      repo: GUIDE.repo,
      dtypes: ['q4'],
      title: '',
      description: '',
      parameters: 1,
      files: { 'onnx/model_q4.onnx': { size: 81_740, sha256 } },
    },
  ],
});
