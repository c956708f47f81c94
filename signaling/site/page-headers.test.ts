import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, createPageHeaders, inlineScriptHashes } from './page-headers.ts';

const NO_QUERY = new URLSearchParams();

/** printf 'alert(1)' | openssl dgst -sha256 -binary | base64 */
const ALERT_HASH = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";

describe('inlineScriptHashes', () => {
  it.each([
    ['<script>alert(1)</script>', [ALERT_HASH]],
    ['<script>alert(1)</script><script id="x">alert(1)</script >', [ALERT_HASH]],
    ['<SCRIPT type="module">alert(1)</SCRIPT>', [ALERT_HASH]],
    ['<script src="/a.js" async=""></script>', []],
    ['<script src="/a.js">alert(1)</script>', []],
    ['<p>alert(1)</p>', []],
    ['<script></script>', []],
  ])('of %s', (html, hashes) => {
    expect(inlineScriptHashes(html)).toEqual(hashes);
  });
});

describe('contentSecurityPolicy', () => {
  const directives = (policy: string) =>
    new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]));

  it('runs no inline script but those that are named, and evaluates no text', () => {
    const scripts = directives(contentSecurityPolicy([ALERT_HASH], 'https://hub.example')).get('script-src');
    expect(scripts).toEqual(["'self'", "'wasm-unsafe-eval'", ALERT_HASH]);
  });

  it('names the hub where it is plain http, and copes with one that is a path', () => {
    expect(directives(contentSecurityPolicy([], 'http://mirror.lan:8080/hf')).get('connect-src')).toContain(
      'http://mirror.lan:8080',
    );
    expect(directives(contentSecurityPolicy([], '/models')).get('connect-src')).not.toContain('/models');
  });

  it('is one line without what would end a header', () => {
    expect(contentSecurityPolicy([ALERT_HASH], 'https://hub.example')).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('createPageHeaders', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'computepool-headers-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const found = async (path: string) => {
    const { size, mtimeMs } = await stat(path);
    return { path, sizeBytes: size, modifiedMs: mtimeMs };
  };

  it('has the hashes of the page, of the new one once it changes', async () => {
    const headersOf = createPageHeaders('https://hub.example');
    const path = join(dir, 'index.html');
    await writeFile(path, '<script>alert(1)</script>');
    await utimes(path, 1000, 1000);
    const before = (await headersOf(await found(path), NO_QUERY))['Content-Security-Policy'];
    expect(before).toContain(ALERT_HASH);
    await writeFile(path, '<script>alert(2)</script>');
    await utimes(path, 1000, 1000);
    expect(
      (await headersOf(await found(path), NO_QUERY))['Content-Security-Policy'],
      'same time and size: cached',
    ).toBe(before);
    await utimes(path, 2000, 2000);
    const after = (await headersOf(await found(path), NO_QUERY))['Content-Security-Policy'];
    expect(after).not.toContain(ALERT_HASH);
    expect(after?.match(/'sha256-/g)).toHaveLength(1);
  });

  it('gives scripts a policy of their own, for workers, and pictures none', async () => {
    const headersOf = createPageHeaders('https://hub.example');
    const file = { sizeBytes: 1, modifiedMs: 1 };
    expect(await headersOf({ ...file, path: 'worker.js' }, NO_QUERY)).toHaveProperty('Content-Security-Policy');
    expect(await headersOf({ ...file, path: 'icon.svg' }, NO_QUERY)).toEqual({});
  });

  const SITES: Record<string, '*' | string[]> = { shop: ['https://a.example', 'http://localhost:4000'], any: '*' };
  it.each([
    ['embed', 'pool=shop', "frame-ancestors 'self' https://a.example http://localhost:4000", undefined],
    ['embed', 'pool=any', "frame-ancestors 'self' *", undefined],
    ['embed', 'pool=other', "frame-ancestors 'self'", 'SAMEORIGIN'],
    ['embed', '', "frame-ancestors 'self'", 'SAMEORIGIN'],
    ['chat', 'pool=any', "frame-ancestors 'self'", 'SAMEORIGIN'],
    ['embedded', 'pool=any', "frame-ancestors 'self'", 'SAMEORIGIN'],
  ])(
    'lets the pages of the pool that /%s?%s names frame the chat, and no other page',
    async (page, query, ends, old) => {
      const headersOf = createPageHeaders('https://hub.example', (pool) => SITES[pool ?? ''] ?? []);
      const path = join(dir, `${page}.html`);
      await writeFile(path, '<p></p>');
      const headers = await headersOf(await found(path), new URLSearchParams(query));
      expect(headers['Content-Security-Policy']?.split('; ').at(-1)).toBe(ends);
      expect(headers['X-Frame-Options']).toBe(old);
      expect(headers['Cache-Control']).toBe(page === 'embed' ? 'no-store' : undefined);
    },
  );
});
