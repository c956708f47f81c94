// The fake hub is held to what clients of the public one rely on.
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeRepo, startFakeRepo } from './fake-repo.ts';

const FILES = { 'onnx/model.onnx': 'weights!', 'config.json': '{}' };

let repo: FakeRepo;
afterEach(() => repo?.close());

const url = (path: string, revision = 'main') => `${repo.hub.url}/acme/tiny/resolve/${revision}/${path}`;

describe('the fake hub', () => {
  it('serves small files itself and redirects large ones to another origin', async () => {
    repo = await startFakeRepo(FILES);
    const small = await fetch(url('config.json'), { headers: { Origin: 'https://page.example' } });
    expect([small.status, small.redirected, await small.text()]).toEqual([200, false, '{}']);
    expect(small.headers.get('access-control-allow-origin')).toBe('https://page.example');
    expect(small.headers.get('x-repo-commit')).toBe(repo.hub.commit);
    const hop = await fetch(url('onnx/model.onnx'), { redirect: 'manual' });
    expect([hop.status, hop.headers.get('x-linked-size')]).toEqual([302, '8']);
    expect(hop.headers.get('x-linked-etag')).toMatch(/^"[0-9a-f]{64}"$/);
    const large = await fetch(url('onnx/model.onnx', repo.hub.commit), { headers: { Range: 'bytes=2-4' } });
    expect(new URL(large.url).origin).toBe(repo.hub.cdnUrl);
    expect([large.status, large.headers.get('content-range'), await large.text()]).toEqual([206, 'bytes 2-4/8', 'igh']);
    expect(large.headers.get('access-control-expose-headers')).toContain('Content-Range');
    expect(repo.hub.servedBytes('acme/tiny/onnx/model.onnx')).toBe(3);
  });

  it('refuses a signed address that is forged or late', async () => {
    repo = await startFakeRepo(FILES, { signedUrlTtlMs: 30, corsOnExpired: false });
    const signed = (await fetch(url('onnx/model.onnx'))).url;
    expect((await fetch(signed.replace('model.onnx', 'other.onnx'))).status).toBe(403);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const late = await fetch(signed);
    expect([late.status, late.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  it.each([
    ['/acme/ghost/resolve/main/config.json', 401],
    ['/acme/tiny/resolve/dev/config.json', 404],
    ['/acme/tiny/resolve/main/none.json', 404],
    ['/acme/tiny/resolve/main/..%2f..%2f..%2fetc%2fpasswd', 404],
    ['/..%2f..%2f/etc/resolve/main/passwd', 401],
    ['/somewhere/else', 404],
  ])('answers %s with %i', async (path, status) => {
    repo = await startFakeRepo(FILES);
    expect((await fetch(repo.hub.url + path)).status).toBe(status);
  });

  it('answers what lies past the end, preflights, and HEAD', async () => {
    repo = await startFakeRepo(FILES);
    const past = await fetch(url('config.json'), { headers: { Range: 'bytes=2-9' } });
    expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */2']);
    const preflight = await fetch(url('config.json'), { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'Range']);
    const head = await fetch(url('config.json'), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '2']);
  });

  it('closes with connections open', async () => {
    repo = await startFakeRepo(FILES);
    repo.hub.faults = { stallBody: { afterBytes: 1, times: 1 } };
    const answer = await fetch(url('config.json'));
    await repo.hub.close();
    await expect(answer.text()).rejects.toThrow();
    await expect(fetch(url('config.json'))).rejects.toThrow();
  });
});
