import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { QUICK_RETRY } from './fake-repo.ts';
import { expectedFile, loadModelIndex, parseModelIndex } from './model-index.ts';

const SHA = 'ab'.repeat(32);
const MODEL = {
  repo: 'computepool/tiny',
  dtypes: ['fp32', 'q4'],
  title: 'Tiny',
  description: 'Fits in any tab.',
  parameters: 15_000_000,
  files: { 'config.json': { size: 700, sha256: SHA } },
};

let server: Server;
afterEach(() => server?.close());

/** A plain static server: whole bodies, whatever range is asked. */
async function serve(body: string): Promise<string> {
  server = createServer((request, response) => {
    response.writeHead(request.url === '/models/index.json' ? 200 : 404, { 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/models`;
}

describe('parseModelIndex', () => {
  it('reads a list', () => {
    const index = parseModelIndex({ models: [MODEL, { ...MODEL, repo: 'a/b', draftFor: 'computepool/tiny' }] });
    expect(index.models.map(({ draftFor }) => draftFor)).toEqual([undefined, 'computepool/tiny']);
    expect(parseModelIndex({ models: [] }).models).toEqual([]);
  });

  it.each([
    ['no list', {}],
    ['null', null],
    ['a repo without owner', { models: [{ ...MODEL, repo: 'tiny' }] }],
    ['no dtypes', { models: [{ ...MODEL, dtypes: [] }] }],
    ['a hash that is none', { models: [{ ...MODEL, files: { a: { size: 1, sha256: 'xyz' } } }] }],
    ['a size that is none', { models: [{ ...MODEL, files: { a: { size: -1, sha256: SHA } } }] }],
    ['half a byte', { models: [{ ...MODEL, files: { a: { size: 1.5, sha256: SHA } } }] }],
    ['too many models', { models: Array.from({ length: 257 }, () => MODEL) }],
  ])('refuses %s', (_, value) => {
    expect(() => parseModelIndex(value)).toThrow(expect.objectContaining({ code: 'integrity-failed' }));
  });
});

describe('expectedFile', () => {
  const index = parseModelIndex({ models: [MODEL] });

  it('finds what the list says of a file', () => {
    expect(expectedFile(index, 'computepool/tiny', 'config.json')).toEqual({ size: 700, sha256: SHA });
  });

  it('knows nothing of others', () => {
    expect(expectedFile(index, 'computepool/tiny', 'toString')).toBeUndefined();
    expect(expectedFile(index, 'someone/else', 'config.json')).toBeUndefined();
  });
});

describe('loadModelIndex', () => {
  it('reads the list from a server that knows no ranges', async () => {
    const base = await serve(JSON.stringify({ models: [MODEL] }));
    expect(await loadModelIndex(`${base}/`)).toEqual({ models: [MODEL] });
  });

  it('says when there is none, when it is something else, and when it is too large', async () => {
    const base = await serve('<!doctype html>');
    const options = { retry: QUICK_RETRY };
    await expect(loadModelIndex(base, options)).rejects.toMatchObject({ code: 'integrity-failed' });
    await expect(loadModelIndex(`${base}/none`, options)).rejects.toMatchObject({ code: 'model-not-found' });
    server.close();
    const large = await serve(`{"models":[],"x":"${'y'.repeat(1024 * 1024)}"}`);
    await expect(loadModelIndex(large, options)).rejects.toMatchObject({ code: 'integrity-failed' });
  });
});
