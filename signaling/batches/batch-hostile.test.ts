// What callers send that no client of ours would: each is refused by name, and the database never sees it.
import { expect, test, vi } from 'vitest';
import { forEachDatabase } from '../db/test-databases.ts';
import { OTHER_KEY, TEST_KEY } from '../http/test-site.ts';
import { files } from './tables.ts';
import { BatchScene, lineOf } from './test-scene.ts';
import { rotateWebhookSecret } from './webhook-secrets.ts';

/** The embedded database is slow beside other tests. */
vi.setConfig({ testTimeout: 180_000 });

forEachDatabase('hostile callers of batches', (open) => {
  const scene = BatchScene.set(open);
  const call = async (path: string, init: RequestInit = {}, key = TEST_KEY) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers };
    const response = await fetch(`${scene.site.url}/v1${path}`, { ...init, headers });
    const { error } = (await response.json().catch(() => ({}))) as { error?: { code: string; param: string | null } };
    return { status: response.status, code: error?.code, param: error?.param ?? null };
  };
  const send = (body: unknown, key = TEST_KEY) =>
    call(
      '/batches',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      key,
    );
  const batchOf = (id: string, more: Record<string, unknown> = {}) => ({
    ...{ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' },
    ...more,
  });
  const form = (
    parts: Record<string, string>,
    content: BlobPart | null = lineOf('a'),
    name = 'in.jsonl',
  ): RequestInit => {
    const body = new FormData();
    for (const [field, text] of Object.entries({ purpose: 'batch', ...parts })) body.set(field, text);
    if (content !== null) body.set('file', new File([content], name));
    return { method: 'POST', body };
  };

  test.each([
    ['GET', '/batches/%00'],
    ['POST', '/batches/a%00b/cancel'],
    ['GET', '/batches?after=%00'],
    ['GET', '/files/%00'],
    ['GET', '/files/%00/content'],
    ['DELETE', '/files/%00'],
    ['GET', '/files?after=%00'],
    ['GET', '/files?purpose=%00'],
  ])('a zero byte where an id is: %s %s', async (method, path) => {
    expect((await call(path, { method })).status).toBe(400);
  });

  test.each([
    [{ input_file_id: 'a\0b' }, 'input_file_id'],
    [{ input_file_id: 'x'.repeat(101) }, 'input_file_id'],
    [{ endpoint: '/v1/embeddings' }, 'endpoint'],
    [{ completion_window: '48h' }, 'completion_window'],
    [{ metadata: { a: 'b\0' } }, 'metadata'],
    [{ metadata: { 'a\0': 'b' } }, 'metadata'],
    [{ metadata: { a: '\ud800' } }, 'metadata'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])) }, 'metadata'],
    [{ webhook: 'https://hook.example/\0' }, 'webhook'],
    [{ webhook: 'https://user:secret@hook.example/' }, 'webhook'],
    [{ webhook: 'https://10.0.0.1/' }, 'webhook'],
  ])('a batch with %j', async (more, param) => {
    await rotateWebhookSecret(scene.db, scene.seal, 'account:ann');
    const { id } = await scene.upload([lineOf('a')]);
    expect(await send(batchOf(id, more))).toMatchObject({ status: 400, param });
  });

  test('a file of somebody else, or one that is an output, is no input', async () => {
    const { id } = await scene.upload([lineOf('a')]);
    expect(await send(batchOf(id), OTHER_KEY)).toMatchObject({ status: 404 });
    await scene.db.update(files).set({ purpose: 'batch_output' });
    expect(await send(batchOf(id))).toMatchObject({ status: 400, param: 'input_file_id' });
  });

  test.each<[string, RequestInit, string]>([
    ['no file', form({}, null), 'file'],
    ['a text where the file belongs', form({ file: 'text' }, null), 'file'],
    ['bytes that are no UTF-8', form({}, new Uint8Array([0x7b, 0xff, 0x7d])), 'file'],
    ['half a character', form({}, new Uint8Array([0xf0, 0x9f, 0x98])), 'file'],
    ['a life of a minute', form({ 'expires_after[seconds]': '60' }), 'expires_after[seconds]'],
    ['a life of a year', form({ 'expires_after[seconds]': '31536000' }), 'expires_after[seconds]'],
    ['a life without end', form({ 'expires_after[seconds]': 'Infinity' }), 'expires_after[seconds]'],
    ['another anchor', form({ 'expires_after[anchor]': 'last_active_at' }), 'expires_after[anchor]'],
  ])('an upload with %s', async (_, init, param) => {
    expect(await call('/files', init)).toMatchObject({ status: 400, param });
  });

  test('a file of exactly the bound is taken, one byte more is not', async () => {
    const most = 64 * 1024;
    expect((await call('/files', form({}, 'é'.repeat(most / 2)))).status).toBe(200);
    expect(await call('/files', form({}, `${'é'.repeat(most / 2)}x`))).toMatchObject({ status: 413 });
  });

  test('a name keeps its end, and nothing that would steer a terminal', async () => {
    const nameOf = async (name: string): Promise<string | undefined> => {
      await scene.db.delete(files);
      expect((await call('/files', form({}, 'x', name))).status).toBe(200);
      return (await scene.db.select().from(files))[0]?.filename;
    };
    expect(await nameOf(`${'x'.repeat(500)}.jsonl`)).toBe(`${'x'.repeat(194)}.jsonl`);
    expect(await nameOf('a\u001b[31mb.jsonl')).toBe('a[31mb.jsonl');
    expect(await nameOf('\u0007')).toBe('batch.jsonl');
  });

  test('what is in a file is never shown as a page', async () => {
    const { id } = await scene.upload(['<script>alert(1)</script>']);
    const headers = { authorization: `Bearer ${TEST_KEY}` };
    const response = await fetch(`${scene.site.url}/v1/files/${id}/content`, { headers });
    expect(await response.text()).toBe('<script>alert(1)</script>');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(['/batches', '/batches/x', '/files', '/files/x', '/files/x/content'])('%s without a key', async (path) => {
    expect((await call(path, {}, 'cp_wrong')).status).toBe(401);
  });

  test.each(['limit=0', 'limit=101', 'limit=1.5', 'limit=x'])('/batches?%s', async (query) => {
    expect(await call(`/batches?${query}`)).toMatchObject({ status: 400, param: 'limit' });
  });
});
