import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readRuntimeFiles } from '../../protocol/runtime-files.ts';
import { listRuntime } from './list-runtime.ts';

const site = mkdtempSync(join(tmpdir(), 'list-runtime-'));
afterEach(() => rmSync(site, { recursive: true, force: true }));

test('each program of the runtime is listed once, with what it weighs on the wire', async () => {
  const media = join(site, '_next/static/media');
  mkdirSync(media, { recursive: true });
  const put = (name: string, bytes: number): void => writeFileSync(join(media, name), Buffer.alloc(bytes));
  put('ort-wasm-simd-threaded.asyncify.3z3j.wasm', 90);
  put('ort-wasm-simd-threaded.asyncify.3z3j.wasm.br', 20);
  put('ort-wasm-simd-threaded.38dh.wasm', 40);
  put('ort-wasm-simd-threaded.38dh.wasm.gz', 10);
  put('ort.wasm.bundle.min.14bq.mjs', 5);
  const listed = listRuntime(site);
  expect(listed.sort((a, b) => b.bytes - a.bytes)).toEqual([
    {
      ...{ backend: 'webgpu', path: '/_next/static/media/ort-wasm-simd-threaded.asyncify.3z3j.wasm' },
      ...{ bytes: 90, wireBytes: 20 },
    },
    { backend: 'wasm', path: '/_next/static/media/ort-wasm-simd-threaded.38dh.wasm', bytes: 40, wireBytes: 40 },
  ]);
  const read = async () => new Response(readFileSync(join(site, 'runtime.json')));
  expect(await readRuntimeFiles('https://site.example', read)).toHaveLength(2);
});
