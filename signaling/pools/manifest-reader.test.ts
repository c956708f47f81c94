// Where a new pool's manifest comes from: the site's own models, else the one hub, here a fake on a loopback port.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ModelRef } from '../../protocol/ids.ts';
import { createManifestReader } from './manifest-reader.ts';

const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
const ELSEWHERE: ModelRef = { ...MODEL, repo: 'else/where' };
const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 * 1024, retry: { attempts: 1 } } as never;

let dir: string;
const servers: Server[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'computepool-manifests-'));
});
afterAll(() => rm(dir, { recursive: true }));
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function hub(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const lost: RequestListener = (_, response) => void response.writeHead(404).end();

describe('the models of the site', () => {
  test('are read without the hub, another revision of them is not there', async () => {
    const { asked, url } = await hub(lost);
    const read = createManifestReader({ hubUrl: url, modelsDir: 'public/models', limits: LIMITS });
    expect((await read(MODEL)).layers).toBeGreaterThan(0);
    await expect(read({ ...MODEL, revision: 'v2' })).rejects.toMatchObject({ code: 'model-not-found' });
    expect(asked).toEqual([]);
  });

  test.each([
    ['no list', undefined],
    ['a list that is no JSON', '{'],
    ['a list of another form', '{"models":{"repo":"computepool/guide-4m"}}'],
    ['a list with holes', '{"models":[null,{"repo":"computepool/guide-4m"}]}'],
    ['null', 'null'],
  ])('%s sends the reader to the hub, and no further', async (name, text) => {
    const modelsDir = join(dir, name.replaceAll(' ', '-'));
    await mkdir(modelsDir);
    if (text !== undefined) await writeFile(join(modelsDir, 'index.json'), text);
    const { asked, url } = await hub(lost);
    const read = createManifestReader({ hubUrl: url, modelsDir, limits: LIMITS });
    await expect(read(MODEL)).rejects.toMatchObject({ code: 'model-not-found' });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((path) => path.startsWith('/computepool/guide-4m/'))).toBe(true);
  });

  test('are checked by the hashes of the list: a file that was exchanged is refused', async () => {
    const modelsDir = join(dir, 'exchanged');
    await cp('public/models/computepool/guide-4m', join(modelsDir, 'computepool/guide-4m'), { recursive: true });
    await cp('public/models/index.json', join(modelsDir, 'index.json'));
    const read = createManifestReader({ hubUrl: '/hub', modelsDir, limits: LIMITS });
    await expect(read(MODEL)).resolves.toHaveProperty('graphSha256');
    await writeFile(join(modelsDir, 'computepool/guide-4m/config.json'), '{"model_type":"evil"}');
    await expect(read(MODEL)).rejects.toMatchObject({ code: 'integrity-failed' });
  });
});

describe('a model of the hub', () => {
  test('is not there where the hub is a path of the site', async () => {
    const read = createManifestReader({ hubUrl: '/models', modelsDir: 'public/models' });
    await expect(read(ELSEWHERE)).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('that nobody waits for any more is given up, and its place is free again', async () => {
    const silent = await hub(() => {});
    const read = createManifestReader({ hubUrl: silent.url, limits: LIMITS });
    const aborts = [new AbortController(), new AbortController()];
    const readings = aborts.map(({ signal }) => read(ELSEWHERE, signal).catch((error: unknown) => error));
    await vi.waitFor(() => expect(silent.asked.length).toBeGreaterThanOrEqual(2));
    await expect(read(ELSEWHERE)).rejects.toMatchObject({ code: 'rate-limited', data: { retryAfterSeconds: 5 } });
    for (const abort of aborts) abort.abort();
    for (const ended of await Promise.all(readings)) expect(ended).toBeInstanceOf(Error);
    const again = new AbortController();
    again.abort();
    await expect(read(ELSEWHERE, again.signal)).rejects.not.toMatchObject({ code: 'rate-limited' });
  });
});
