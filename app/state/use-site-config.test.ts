// A real HTTP server whose answers the test chooses; React draws the hook.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { rememberSite } from './heard-site.ts';
import type { SiteModel } from './site-models.ts';
import { drawHook } from './test-page.ts';
import { useSiteConfig } from './use-site-config.ts';

let server: Server;
let asked: string[];
let answers: Map<string, { status: number; text: string }>;

const config = {
  ...{ model: { repo: 'site/tiny', revision: 'v1', dtype: 'q4' }, hubUrl: '/models', siteModelsUrl: '/models/' },
  ...{ dtypes: ['q4'], version: '1' },
};
const tiny = { repo: 'site/tiny', dtypes: ['q4'], title: 'Tiny' };
const say = (path: string, value: unknown, status = 200) =>
  answers.set(path, { status, text: typeof value === 'string' ? value : JSON.stringify(value) });

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, text } = answers.get(request.url ?? '') ?? { status: 404, text: 'Not found' };
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
// The drawn hook takes this back with its page.
beforeEach(() => {
  asked = [];
  answers = new Map();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(`${origin}${path}`, init));
});

test('the config, then the list beside the models, with one slash between', async () => {
  say('/api/config', config);
  say('/models/index.json', { models: [tiny] });
  const site = drawHook(useSiteConfig);
  expect(site.now).toMatchObject({ status: 'loading', models: [] });
  await expect.poll(() => site.now.status).toBe('ready');
  expect(site.now).toMatchObject({ config, models: [tiny] });
  expect(asked).toEqual(['/api/config', '/models/index.json']);
});

test.each([
  ['is not there', 'Not found', 404],
  ['is a page', '<html>', 200],
  ['is empty', '', 200],
])('a list that %s leaves a site that works with any model of the hub', async (_name, text, status) => {
  say('/api/config', config);
  say('/models/index.json', text, status);
  const site = drawHook(useSiteConfig);
  await expect.poll(() => site.now.status).toBe('ready');
  expect(site.now).toMatchObject({ config, models: [] });
  expect(site.now.error).toBeUndefined();
});

describe('the server is away', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
    });
    rememberSite({ config: config as SiteConfig, models: [tiny as SiteModel] });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('nobody there')));
  });

  test('a page that goes on without it has what it said last', async () => {
    const chat = drawHook(() => useSiteConfig({ orHeard: true }));
    await expect.poll(() => chat.now.status).toBe('ready');
    expect(chat.now).toMatchObject({ config, models: [tiny], isHeard: true });
  });

  test('any other page says so', async () => {
    const pools = drawHook(useSiteConfig);
    await expect.poll(() => pools.now).toMatchObject({ status: 'failed', error: { code: 'link-failed' } });
  });

  test('of what a page of another form has kept nothing is believed', async () => {
    kept.set('computepool.site', '{"config":{"model":7}}');
    const chat = drawHook(() => useSiteConfig({ orHeard: true }));
    await expect.poll(() => chat.now.status).toBe('failed');
  });
});

test('without a config there is no site; a retry says so until it is read', async () => {
  say('/api/config', { ...config, model: { ...config.model, repo: '../../etc' } });
  const site = drawHook(useSiteConfig);
  await expect.poll(() => site.now).toMatchObject({ status: 'failed', error: { code: 'bad-message' } });
  expect(asked).toEqual(['/api/config']);
  say('/api/config', config);
  site.now.retry();
  await expect.poll(() => site.now.status).toBe('ready');
  expect(site.now.error).toBeUndefined();
  expect(site.all.map(({ status }) => status).filter((status, at, all) => status !== all[at - 1])).toEqual([
    ...['loading', 'failed', 'loading', 'ready'],
  ]);
});
