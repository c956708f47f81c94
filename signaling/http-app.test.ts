import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteConfigSchema } from '../protocol/http/config.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from './config/defaults.ts';
import { OPEN_TIMEOUT_MS } from './db/test-databases.ts';
import { type RunningServer, startServer } from './start-server.ts';

let server: RunningServer;
let root: string;
const WEIGHTS = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) % 256);
const FILE = '/models/owner/name/resolve/main/onnx/model_q4.onnx';

const PROGRAM = 'export const lend = () => 1;\n'.repeat(200);

const BIG_FILE = '/models/owner/name/resolve/main/onnx/big.onnx_data';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'computepool-'));
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  await write('secret.txt', 'secret');
  await write('site/index.html', '<h1>home</h1>');
  await write('site/join.html', '<h1>join</h1>');
  await write('site/docs/index.html', '<h1>docs</h1>');
  await write('site/404.html', '<h1>lost</h1>');
  await write('site/_next/static/media/ort.0a1b.wasm', Uint8Array.of(0, 97, 115, 109));
  await write('site/_next/static/app.0a1b.js', PROGRAM);
  await write('site/_next/static/app.0a1b.js.br', brotliCompressSync(PROGRAM));
  await write('site/with space.txt', 'spaced');
  await symlink(join(root, 'secret.txt'), join(root, 'site/link.txt'));
  await write('models/owner/name/config.json', '{}');
  await write('models/owner/name/onnx/model_q4.onnx', WEIGHTS);
  await write('models/index.json', JSON.stringify({ models: [{ repo: 'owner/name' }] }));
  await write('models/owner/name/onnx/big.onnx_data', new Uint8Array(50e6));
  server = await startServer({ logger: 'silent', siteDir: join(root, 'site'), modelsDir: join(root, 'models') });
}, OPEN_TIMEOUT_MS);
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(server.url + path, init);
const getRange = (range: string, headers = {}): Promise<Response> => get(FILE, { headers: { range, ...headers } });

/** The path as it is: fetch would tidy it up first. */
const rawStatus = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request({ port: server.port, host: '127.0.0.1', path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });

describe('the API', () => {
  it('A5: answers in OpenAI’s shape at its very root too, and nowhere else', async () => {
    for (const path of ['/v1', '/v1/', '/v1/none']) {
      const { error } = await (await get(path)).json();
      expect(Object.keys(error).sort(), path).toEqual(['code', 'message', 'param', 'type']);
    }
    expect((await (await get('/api/none')).json()).error).toHaveProperty('next');
  });

  it('says that it is well', async () => {
    const health = await (await get('/healthz')).json();
    expect(health).toMatchObject({
      status: 'ok',
      peers: 0,
      pools: [{ pool: poolIdOf(DEFAULT_MODEL), state: 'empty' }],
    });
    expect(health.uptimeSeconds).toBeGreaterThanOrEqual(0);
  });

  it('gives pages their configuration', async () => {
    const response = await get('/api/config');
    const config = siteConfigSchema.parse(await response.json());
    expect(config).toMatchObject({ model: DEFAULT_MODEL, siteModelsUrl: '/models', hubUrl: 'https://huggingface.co' });
    expect(config.stunUrls).toEqual([]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('lists pools', async () => {
    expect(await (await get('/api/pools')).json()).toMatchObject({
      pools: [{ state: 'empty', reason: 'Waits for a tab to join.' }],
    });
  });

  it('answers what it does not know with a typed error', async () => {
    const response = await get('/api/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found', next: expect.any(String) } });
  });

  it('sets headers that keep browsers careful, and none that isolate', async () => {
    for (const path of ['/', '/healthz', FILE, '/nowhere']) {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
      expect(headers.get('cross-origin-opener-policy')).toBeNull();
      expect(headers.get('cross-origin-embedder-policy')).toBeNull();
    }
  });
});

describe('model files', () => {
  it('come whole, as the hub gives them', async () => {
    const response = await get(FILE);
    expect(response.status).toBe(200);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-length')).toBe(String(WEIGHTS.length));
    expect(response.headers.get('etag')).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('Content-Range');
    expect(Buffer.from(await response.arrayBuffer()).equals(WEIGHTS)).toBe(true);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100000-150000', 100_000, 150_001],
    ['bytes=199990-', 199_990, 200_000],
    ['bytes=-7', 199_993, 200_000],
  ])('come in ranges: %s', async (range, start, end) => {
    const response = await getRange(range);
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/200000`);
    expect(Buffer.from(await response.arrayBuffer()).equals(WEIGHTS.subarray(start, end))).toBe(true);
  });

  it('refuse a range past the end', async () => {
    const response = await getRange('bytes=200000-');
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */200000');
  });

  it('heed If-Range and If-None-Match', async () => {
    const etag = (await get(FILE, { method: 'HEAD' })).headers.get('etag') ?? '';
    expect((await getRange('bytes=0-9', { 'if-range': etag })).status).toBe(206);
    expect((await getRange('bytes=0-9', { 'if-range': '"old"' })).status).toBe(200);
    expect((await get(FILE, { headers: { 'if-none-match': `"x", ${etag}` } })).status).toBe(304);
    expect((await get(FILE, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  it.skipIf(process.platform !== 'linux')('are closed when the client goes away', async () => {
    const openFiles = async (): Promise<number> => {
      const links = (await readdir('/proc/self/fd')).map((fd) => readlink(join('/proc/self/fd', fd)).catch(() => ''));
      return (await Promise.all(links)).filter((target) => target.endsWith('big.onnx_data')).length;
    };
    const abort = new AbortController();
    const response = await get(BIG_FILE, { signal: abort.signal });
    await response.body?.getReader().read();
    expect(await openFiles()).toBe(1);
    abort.abort();
    await expect.poll(openFiles).toBe(0);
  });

  it('tell their size to HEAD', async () => {
    const response = await get(FILE, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('200000');
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it('let another origin ask for ranges', async () => {
    const headers = {
      origin: 'https://dapp.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'range',
    };
    const response = await get(FILE, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('range');
  });

  it.each([
    '/models/owner/name/resolve/main/absent.onnx',
    '/models/owner/name/resolve/main/onnx',
    '/models/owner/name/resolve/v2/config.json',
    '/models/owner/absent/resolve/main/config.json',
    '/models/owner/name/resolve/main/..%2f..%2f..%2fsecret.txt',
    '/models/owner/name/resolve/main/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/models/owner/name/resolve/main/..%5c..%5csecret.txt',
    '/models/owner/name/resolve/main/config.json%00.txt',
    '/models/owner/..%2f../resolve/main/secret.txt',
    '/models/owner/%2e%2e/resolve/main/secret.txt',
    '/models/owner/name/resolve/main/%E0%A4%A',
  ])('are not there: %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    if (path.includes('/resolve/main/') && path.startsWith('/models/owner/name')) {
      expect(await response.json()).toMatchObject({ error: { code: 'model-not-found' } });
    }
  });

  it('are listed by the index that lies beside them', async () => {
    const response = await get('/models/index.json');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({ models: [{ repo: 'owner/name' }] });
  });

  it('may be none', async () => {
    const bare = await startServer({ logger: 'silent', modelsDir: join(root, 'site') });
    const response = await fetch(`${bare.url}/models/index.json`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'model-not-found' } });
    await bare.close();
  });
});

describe('the site', () => {
  it.each([
    ['/', 'home'],
    ['/join', 'join'],
    ['/join/', 'join'],
    ['/join?from=home', 'join'],
    ['/docs', 'docs'],
    ['/docs/', 'docs'],
    ['/with%20space.txt', 'spaced'],
  ])('has %s', async (path, text) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(text);
    expect(response.headers.get('cache-control')).toContain('must-revalidate');
  });

  it('gives hashed assets for ever and wasm its type', async () => {
    const response = await get('/_next/static/media/ort.0a1b.wasm');
    expect(response.headers.get('content-type')).toBe('application/wasm');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it('travels compressed, counted in the bytes that travel', async () => {
    const ask = (method: string, acceptEncoding: string) =>
      new Promise<{ headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
        const headers = { 'accept-encoding': acceptEncoding };
        const path = '/_next/static/app.0a1b.js';
        const sent = request({ port: server.port, host: '127.0.0.1', path, method, headers }, async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve({ headers: response.headers, body: Buffer.concat(chunks) });
        });
        sent.on('error', reject).end();
      });
    const { headers, body } = await ask('GET', 'gzip, deflate, br, zstd');
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      'content-length': String(body.length),
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'Accept-Encoding',
    });
    expect(brotliDecompressSync(body).toString()).toBe(PROGRAM);
    const head = await ask('HEAD', 'br');
    expect(head.headers).toMatchObject({ 'content-encoding': 'br', 'content-length': String(body.length) });
    expect(head.body).toHaveLength(0);
    const plain = await ask('GET', 'identity');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.body.toString()).toBe(PROGRAM);
  });

  it.each(['/nowhere', '/link.txt', '/..%2fsecret.txt', '/docs%2f..%2f..%2fsecret.txt'])(
    'shows its own page for %s',
    async (path) => {
      const response = await get(path, { headers: { range: 'bytes=0-1' } });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('lost');
    },
  );

  it.each([
    '/../secret.txt',
    '/site/../../secret.txt',
    '/%2e%2e/secret.txt',
    '//secret.txt',
    '/_next/../../secret.txt',
  ])('does not climb out: %s', async (path) => {
    expect(await rawStatus(path)).toBe(404);
  });
});
