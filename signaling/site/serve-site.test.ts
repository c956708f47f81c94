// The encodings of a site over real files: which one comes, how it is named, and what is never compressed.
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPageHeaders } from './page-headers.ts';
import { serveSite } from './serve-site.ts';

const PROGRAM = 'export const one = 1;\n'.repeat(500);
const PAGE = `<script>${PROGRAM}</script>`;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'computepool-encodings-'));
  const write = async (path: string, bytes: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  };
  const writeTwins = async (path: string, text: string): Promise<void> => {
    await write(path, text);
    await write(`${path}.br`, brotliCompressSync(text));
    await write(`${path}.gz`, gzipSync(text));
  };
  await writeTwins('_next/static/app-1a2b.js', PROGRAM);
  await writeTwins('chat.html', PAGE);
  await writeTwins('404.html', 'lost');
  await writeTwins('runtime.wasm', PROGRAM);
  await writeTwins('stale.js', PROGRAM);
  await utimes(join(root, 'stale.js.br'), 1000, 1000);
  await write('plain.js', PROGRAM);
  await write('linked.js', PROGRAM);
  await symlink(join(root, 'chat.html.br'), join(root, 'linked.js.br'));
});
afterAll(() => rm(root, { recursive: true }));

const APP = '/_next/static/app-1a2b.js';
const ALL = { 'accept-encoding': 'gzip, deflate, br, zstd' };
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> => {
  const request = new Request(`http://x.test${path}`, { headers, method });
  const response = await serveSite(root, path, request, createPageHeaders('https://hub.example'));
  if (!response) throw new Error('nothing was served');
  return response;
};
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

test.each([
  ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
  ['gzip', 'gzip, br;q=0.5', gunzipSync],
  ['gzip', 'gzip', gunzipSync],
  [null, 'identity', (bytes: Buffer) => bytes],
  [null, 'br;q=0.2, identity;q=0.9', (bytes: Buffer) => bytes],
])('%s is served to %j, and is the file', async (encoding, acceptEncoding, unpack) => {
  const response = await get(APP, { 'accept-encoding': acceptEncoding });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-encoding')).toBe(encoding);
  expect(response.headers.get('vary')).toBe('Accept-Encoding');
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(response.headers.get('cache-control')).toContain('immutable');
  const length = response.headers.get('content-length');
  const body = await bytesOf(response);
  expect(length).toBe(String(body.length));
  expect(unpack(body).toString()).toBe(PROGRAM);
});

test('the runtime keeps its type, without which browsers do not compile it while it comes', async () => {
  const response = await get('/runtime.wasm', ALL);
  expect(response.headers.get('content-type')).toBe('application/wasm');
  expect(response.headers.get('content-encoding')).toBe('br');
});

test('a page keeps the policy of its plain scripts', async () => {
  const policyOf = async (headers: Record<string, string>) =>
    (await get('/chat', headers)).headers.get('content-security-policy');
  expect(await policyOf(ALL)).toContain("'sha256-");
  expect(await policyOf(ALL)).toBe(await policyOf({}));
});

test('the page for what is not there travels compressed too', async () => {
  const response = await get('/none', ALL);
  expect(response.status).toBe(404);
  expect(brotliDecompressSync(await bytesOf(response)).toString()).toBe('lost');
});

test('each encoding has a tag of its own, and is not sent again to who knows it', async () => {
  const tags = new Map<string, string>();
  for (const accepted of ['br', 'gzip', 'identity']) {
    tags.set(accepted, (await get(APP, { 'accept-encoding': accepted })).headers.get('etag') ?? '');
  }
  expect(new Set(tags.values()).size).toBe(3);
  for (const [accepted, etag] of tags) {
    const known = await get(APP, { 'accept-encoding': accepted, 'if-none-match': etag });
    expect(known.status).toBe(304);
    expect(known.headers.get('etag')).toBe(etag);
    expect(known.headers.get('vary')).toBe('Accept-Encoding');
    const other = accepted === 'br' ? 'gzip' : 'br';
    expect((await get(APP, { 'accept-encoding': other, 'if-none-match': etag })).status).toBe(200);
  }
});

test('HEAD has the headers of GET and no body', async () => {
  const whole = await get(APP, ALL);
  const head = await get(APP, ALL, 'HEAD');
  expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
  expect(await bytesOf(head)).toHaveLength(0);
  expect(await bytesOf(whole)).not.toHaveLength(0);
});

test('a range is one of the plain file, whatever else the request takes', async () => {
  const part = await get(APP, { ...ALL, range: 'bytes=7-11' });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-encoding')).toBeNull();
  expect(part.headers.get('content-range')).toBe(`bytes 7-11/${PROGRAM.length}`);
  expect((await bytesOf(part)).toString()).toBe('const');
  const beyond = await get(APP, { ...ALL, range: `bytes=${PROGRAM.length}-` });
  expect(beyond.status).toBe(416);
});

test('whoever goes on with a compressed form gets the plain file whole', async () => {
  const etag = (await get(APP, ALL)).headers.get('etag') ?? '';
  const rest = await get(APP, { ...ALL, range: 'bytes=7-11', 'if-range': etag });
  expect(rest.status).toBe(200);
  expect(rest.headers.get('content-encoding')).toBeNull();
  expect((await bytesOf(rest)).toString()).toBe(PROGRAM);
});

test('a file without a twin is served plain, and its answer does not vary', async () => {
  const response = await get('/plain.js', ALL);
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(response.headers.get('vary')).toBeNull();
  expect((await bytesOf(response)).toString()).toBe(PROGRAM);
});

test('a twin that is older than its file, or a link, is not taken', async () => {
  const stale = await get('/stale.js', ALL);
  expect(stale.headers.get('content-encoding'), 'the other twin is as new as the file').toBe('gzip');
  expect(gunzipSync(await bytesOf(stale)).toString()).toBe(PROGRAM);
  const linked = await get('/linked.js', ALL);
  expect(linked.headers.get('content-encoding')).toBeNull();
  expect((await bytesOf(linked)).toString()).toBe(PROGRAM);
});
