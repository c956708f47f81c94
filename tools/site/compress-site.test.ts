import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveSite } from '../../signaling/site/serve-site.ts';
import { compressSite } from './compress-site.ts';

const TEXT = 'A stage holds layers [start, end).\n'.repeat(100);
/** Bytes that no packer makes smaller, the same in each run (xorshift). */
const noise = (length: number): Uint8Array => {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  });
};

let root = '';
const write = (path: string, content: string | Uint8Array = TEXT): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'compress-site-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const twins = (): string[] =>
  (readdirSync(root, { recursive: true }) as string[]).filter((path) => /\.(br|gz|unfinished)$/.test(path)).sort();

test.each(['html', 'js', 'mjs', 'css', 'json', 'map', 'svg', 'txt', 'wasm', 'webmanifest'])(
  'both twins of a .%s unpack to the file itself',
  async (ending) => {
    const path = `assets/a.${ending}`;
    write(path);
    await compressSite(root);
    expect(brotliDecompressSync(readFileSync(join(root, `${path}.br`))).toString()).toBe(TEXT);
    expect(gunzipSync(readFileSync(join(root, `${path}.gz`))).toString()).toBe(TEXT);
    expect(twins()).toHaveLength(2);
  },
);

test('a large program is packed too', async () => {
  const program = new Uint8Array(5 * 1024 * 1024).fill(65);
  write('runtime.wasm', program);
  await compressSite(root);
  expect(brotliDecompressSync(readFileSync(join(root, 'runtime.wasm.br'))).equals(program)).toBe(true);
});

test.each([
  ['a picture', 'icon.png', TEXT],
  ['weights', 'models/owner/name/onnx/model.onnx_data', TEXT],
  ['what lies beside weights', 'models/owner/name/tokenizer.json', TEXT],
  ['what fits into one packet', 'robots.txt', TEXT.slice(0, 1000)],
  ['what gets no smaller', 'noise.wasm', noise(8192)],
  ['the stamp of the build', '.sources-hash', TEXT],
])('%s has no twin', async (_what, path, content) => {
  write(path, content);
  await compressSite(root);
  expect(twins()).toEqual([]);
});

test('a page whose name begins like the folder of models is one of the site', async () => {
  write('models.html');
  await compressSite(root);
  expect(twins()).toEqual(['models.html.br', 'models.html.gz']);
});

test('a file that gets no smaller any more loses the twins that it had', async () => {
  write('a.js');
  await compressSite(root);
  write('a.js', noise(8192));
  await compressSite(root);
  expect(twins()).toEqual([]);
});

test('E5: it tells the bytes before and after', async () => {
  write('a.js');
  write('b.css');
  const { plain, br, gzip } = await compressSite(root);
  expect(plain).toBe(2 * TEXT.length);
  const sum = (ending: string): number =>
    twins()
      .filter((path) => path.endsWith(ending))
      .reduce((bytes, path) => bytes + readFileSync(join(root, path)).length, 0);
  expect([br, gzip]).toEqual([sum('.br'), sum('.gz')]);
  expect(br).toBeLessThan(plain / 10);
});

test('what it writes is what the server takes', async () => {
  write('a.js');
  await compressSite(root);
  const headers = { 'accept-encoding': 'br' };
  const response = await serveSite(root, '/a.js', new Request('http://x.test/a.js', { headers }));
  expect(response?.headers.get('content-encoding')).toBe('br');
});
