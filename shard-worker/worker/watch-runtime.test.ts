import { expect, test } from 'vitest';
import { settle } from '../host/test-clock.ts';
import { watchRuntime } from './watch-runtime.ts';
import type { WorkerEvents } from './worker-api.ts';

const ORIGIN = 'https://site.example';
const PATH = '/_next/static/media/ort-wasm-simd-threaded.38dh.wasm';

/** A worker whose fetches are answered from here, and what it tells. */
function makeScope(answers: Record<string, () => Response>) {
  const told: WorkerEvents['runtime-progress'][] = [];
  const scope = {
    location: { origin: ORIGIN },
    fetch: (async (input: RequestInfo | URL) => {
      const url = new URL(input instanceof Request ? input.url : input, ORIGIN);
      return answers[url.pathname]?.() ?? new Response(null, { status: 404 });
    }) as typeof fetch,
  };
  watchRuntime((progress) => void told.push(progress), scope);
  return { scope, told };
}

const program = (headers: Record<string, string> = {}) => new Response(new Uint8Array(400), { headers });
const list = () => Response.json({ files: [{ backend: 'wasm', path: PATH, bytes: 400, wireBytes: 100 }] });

test('what came of the program is told as it travels, and the runtime gets all of it', async () => {
  const { scope, told } = makeScope({ [PATH]: () => program({ 'content-encoding': 'br' }), '/runtime.json': list });
  const response = await scope.fetch(`${ORIGIN}${PATH}`);
  expect((await response.arrayBuffer()).byteLength).toBe(400);
  await settle();
  expect(told.at(-1)).toEqual({ loadedBytes: 100, totalBytes: 100 });
});

test('without a list the length of a plain answer counts, and of a compressed one nothing is promised', async () => {
  const plain = makeScope({ [PATH]: () => program({ 'content-length': '400' }) });
  await (await plain.scope.fetch(new Request(`${ORIGIN}${PATH}`))).arrayBuffer();
  await settle();
  expect(plain.told.at(-1)).toEqual({ loadedBytes: 400, totalBytes: 400 });
  const packed = makeScope({ [PATH]: () => program({ 'content-length': '90', 'content-encoding': 'br' }) });
  await (await packed.scope.fetch(PATH)).arrayBuffer();
  await settle();
  expect(packed.told.at(-1)).toEqual({ loadedBytes: 400 });
});

test('nothing else is read along', async () => {
  const { scope, told } = makeScope({ '/model.onnx': () => program(), '/other.wasm': () => program() });
  for (const path of ['/model.onnx', '/other.wasm', PATH]) await scope.fetch(`${ORIGIN}${path}`);
  await settle();
  expect(told).toEqual([]);
});
