import { afterEach, expect, test, vi } from 'vitest';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { readModelSize } from './read-model-size.ts';

const config: SiteConfig = {
  model: { repo: 'computepool/tiny', revision: 'main', dtype: 'q4' },
  ...{ hubUrl: 'https://hub.example', siteModelsUrl: '/models', dtypes: ['q4'], version: '1' },
};
const LIST = {
  models: [
    {
      repo: 'computepool/tiny',
      files: {
        'onnx/model_q4.onnx': { size: 10 },
        'onnx/model_q4.onnx_data': { size: 100 },
        'config.json': { size: 1 },
      },
    },
  ],
};
const HUB = 'https://hub.example/acme/large/resolve/main/onnx/model_q4.onnx';
const range = (size: number) => new Response('x', { status: 206, headers: { 'content-range': `bytes 0-0/${size}` } });

/** Answers by address; what is not there is not found. */
function answering(answers: Record<string, () => Response>): void {
  vi.stubGlobal('fetch', async (url: string) => answers[url]?.() ?? new Response(null, { status: 404 }));
}
afterEach(() => void vi.unstubAllGlobals());

const sizeOf = (repo: string, dtype: 'q4' | 'q8' = 'q4', pools?: PoolInfo[]) =>
  readModelSize(
    { pool: { repo, revision: 'main', dtype }, config, pools, origin: 'https://site.example' },
    new AbortController().signal,
  );

test('a model of the site is as large as its list says, and a format that the list lacks is missing', async () => {
  answering({ 'https://site.example/models/index.json': () => Response.json(LIST) });
  expect(await sizeOf('computepool/tiny')).toEqual({ kind: 'found', bytes: 110 });
  expect(await sizeOf('computepool/tiny', 'q8')).toEqual({ kind: 'missing', dtypes: ['q4'] });
  expect(await sizeOf('computepool/other')).toBe('unknown');
});

test('a model of the hub is as large as its files, and one that is not there is missing', async () => {
  answering({ [HUB]: () => range(50), [`${HUB}_data`]: () => range(2_000) });
  expect(await sizeOf('acme/large')).toEqual({ kind: 'found', bytes: 2_050 });
  expect(await sizeOf('acme/none')).toEqual({ kind: 'missing', dtypes: [] });
  answering({ [HUB]: () => new Response('abc', { headers: { 'content-length': '3' } }) });
  expect(await sizeOf('acme/large')).toEqual({ kind: 'found', bytes: 3 });
});

test('a hub that does not answer, or says nothing, leaves it unknown', async () => {
  answering({ [HUB]: () => new Response(null, { status: 503 }) });
  expect(await sizeOf('acme/large')).toBe('unknown');
  answering({ [HUB]: () => new Response('x', { status: 206 }) });
  expect(await sizeOf('acme/large')).toBe('unknown');
});

test('what the server has read of a pool’s model goes before', async () => {
  answering({});
  const details = { layerBytes: [5, 5], embeddingBytes: 3, headBytes: 3, tiedBytes: 3 };
  const pool = { model: { repo: 'acme/large', revision: 'main', dtype: 'q4' }, details } as unknown as PoolInfo;
  expect(await sizeOf('acme/large', 'q4', [pool])).toEqual({ kind: 'found', bytes: 13 });
});
