import { expect, test } from 'vitest';
import { RUNTIME_LIST, readRuntimeFiles } from './runtime-files.ts';

const FILE = { backend: 'wasm', path: '/_next/static/media/ort.wasm', bytes: 14, wireBytes: 4 };
const answering = (response: () => Response) => async (url: URL | RequestInfo) => {
  expect(String(url)).toBe(`https://site.example${RUNTIME_LIST}`);
  return response();
};

test('the list is read, and whatever else comes is no list', async () => {
  const read = (response: () => Response) => readRuntimeFiles('https://site.example', answering(response));
  expect(await read(() => Response.json({ files: [FILE] }))).toEqual([FILE]);
  expect(await read(() => Response.json({ files: [{ ...FILE, bytes: -1 }] }))).toEqual([]);
  expect(await read(() => new Response('<html>'))).toEqual([]);
  expect(await read(() => new Response(null, { status: 404 }))).toEqual([]);
  expect(
    await read(() => {
      throw new TypeError('Failed to fetch');
    }),
  ).toEqual([]);
});
