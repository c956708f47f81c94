// Sites and models over real files: conditions, ranges, and what is not there.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { modelRoutes } from './serve-models.ts';
import { serveSite } from './serve-site.ts';

const FILES = {
  'site/index.html': 'home',
  'site/join.html': 'join',
  'site/docs/index.html': 'docs',
  'site/404.html': 'lost',
  'site/empty.txt': '',
  'site/app.WASM': 'wasm',
  'site/_next/static/x-1a2b.js': 'asset',
  'bare/index.html': 'home',
  'models/index.json': '{"models":[]}',
  'models/computepool/guide/onnx/model.onnx': '0123456789',
  'models/computepool/resolve/config.json': '{"a":1}',
  'models/resolve/guide/config.json': '{"b":1}',
  'models/secret.txt': 'secret',
};
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'computepool-serve-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
});
afterAll(() => rm(dir, { recursive: true }));

const told = async (response: Response) => ({ status: response.status, text: await response.text() });

describe('the site', () => {
  const get = async (path: string, init: RequestInit = {}, site = 'site'): Promise<Response> => {
    const response = await serveSite(join(dir, site), path, new Request(`http://x.test${path}`, init));
    if (!response) throw new Error('nothing was served');
    return response;
  };

  test.each([
    ['/', 200, 'home'],
    ['/join', 200, 'join'],
    ['/join/', 200, 'join'],
    ['/join.html', 200, 'join'],
    ['/docs', 200, 'docs'],
    ['/empty.txt', 200, ''],
    ['/none', 404, 'lost'],
    ['/%2e%2e/models/secret.txt', 404, 'lost'],
  ])('%s is %i %j', async (path, status, text) => {
    expect(await told(await get(path))).toEqual({ status, text });
  });

  test('without a 404 page there is nothing to serve, and a caller says so', async () => {
    expect(await serveSite(join(dir, 'bare'), '/none', new Request('http://x.test/none'))).toBeUndefined();
  });

  test('names with a hash are kept for ever, pages asked for again, and what is lost never kept', async () => {
    const kept = async (path: string) => (await get(path)).headers.get('cache-control');
    expect(await kept('/_next/static/x-1a2b.js')).toContain('immutable');
    expect(await kept('/')).toContain('must-revalidate');
    expect(await kept('/_next/static/gone.js')).toBe('no-store');
  });

  test('a page that is lost answers no condition and no range', async () => {
    const etag = (await get('/none')).headers.get('etag') ?? '';
    expect((await get('/none', { headers: { 'if-none-match': etag } })).status).toBe(404);
    expect(await told(await get('/none', { headers: { range: 'bytes=0-0' } }))).toEqual({ status: 404, text: 'lost' });
  });

  test('a type is read off the ending, whatever its case; others are bytes', async () => {
    expect((await get('/app.WASM')).headers.get('content-type')).toBe('application/wasm');
    expect((await get('/')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });
});

describe('models', () => {
  let app: Hono;
  beforeAll(() => {
    app = new Hono().route('/models', modelRoutes(join(dir, 'models')));
    app.onError((error) => new Response(PoolError.from(error).code, { status: PoolError.from(error).status }));
  });
  const ONNX = '/models/computepool/guide/resolve/main/onnx/model.onnx';
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    app.request(path, { headers, method });

  test.each([
    [{}, 200, '0123456789', null],
    [{ range: 'bytes=2-4' }, 206, '234', 'bytes 2-4/10'],
    [{ range: 'bytes=-1' }, 206, '9', 'bytes 9-9/10'],
    [{ range: 'bytes=10-' }, 416, '', 'bytes */10'],
    [{ range: 'bytes=2-4', 'if-range': '"another"' }, 200, '0123456789', null],
    [{ range: 'bytes=2-4', 'if-none-match': '*' }, 304, '', null],
    [{ 'if-none-match': '"another", W/"more"' }, 200, '0123456789', null],
  ])('%j is %i', async (headers, status, text, range) => {
    const response = await get(ONNX, headers);
    expect(response.headers.get('content-range')).toBe(range);
    expect(await told(response)).toEqual({ status, text });
  });

  test('a tag that is known is not sent again, also a weak one; it guards a range', async () => {
    const etag = (await get(ONNX)).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
      expect((await get(ONNX, { 'if-none-match': known })).status).toBe(304);
    }
    expect(await told(await get(ONNX, { range: 'bytes=0-1', 'if-range': etag }))).toEqual({ status: 206, text: '01' });
    await writeFile(join(dir, 'models/computepool/guide/onnx/model.onnx'), 'abcdefghijk');
    expect((await told(await get(ONNX, { range: 'bytes=0-1', 'if-range': etag }))).text).toBe('abcdefghijk');
    await writeFile(join(dir, 'models/computepool/guide/onnx/model.onnx'), '0123456789');
  });

  test('HEAD has the headers of all of it and no body', async () => {
    const response = await get(ONNX, { range: 'bytes=2-4' }, 'HEAD');
    expect(response.headers.get('content-length')).toBe('10');
    expect(await told(response)).toEqual({ status: 200, text: '' });
  });

  test('the list and its files are for pages of every origin', async () => {
    const response = await get('/models/index.json', { origin: 'https://other.example' });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('Content-Range');
    expect((await told(response)).text).toBe('{"models":[]}');
  });

  test.each([
    ['/models/computepool/resolve/resolve/main/config.json', '{"a":1}'],
    ['/models/resolve/guide/resolve/main/config.json', '{"b":1}'],
  ])('an owner and a model may have the name of a part of the path: %s', async (path, text) => {
    expect(await told(await get(path))).toEqual({ status: 200, text });
  });

  test.each([
    '/models/computepool/guide/resolve/v1/onnx/model.onnx',
    '/models/computepool/guide/resolve/main/onnx',
    '/models/computepool/guide/resolve/main/..%2f..%2fsecret.txt',
    '/models/computepool/guide/resolve/main/%252e%252e/%252e%252e/secret.txt',
    '/models/..%2f/x/resolve/main/secret.txt',
    '/models/.hidden/guide/resolve/main/config.json',
  ])('%s is not there', async (path) => {
    expect(await told(await get(path))).toEqual({ status: 404, text: 'model-not-found' });
  });

  test('a site without models says so', async () => {
    const bare = new Hono().route('/models', modelRoutes(join(dir, 'bare')));
    bare.onError((error) => new Response(error.message, { status: PoolError.from(error).status }));
    expect((await told(await bare.request('/models/index.json'))).text).toBe('This site has no models of its own.');
  });
});
