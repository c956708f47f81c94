// The whole app's own word on `/api`: every route is in the document, and every body and answer there is a shape of
// `protocol/http`. A handler that answers past it is no route of the document, and found here.
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { shapeNotes } from '../../protocol/http/shape.ts';
import { createHttpApp, type HttpAppOptions } from '../http-app.ts';

/** Nothing is asked, so nothing behind the routes is needed. */
const nothing = new Proxy({}, { get: () => () => undefined }) as never;
const options: HttpAppOptions = {
  config: {
    hubUrl: '/no-hub',
    siteDir: undefined,
    corsOrigins: '*',
    ratePerMinute: 600,
    trustedProxies: 0,
    publicUrl: undefined,
    metrics: { kind: 'off' },
    allowLocalWebhooks: false,
    host: '127.0.0.1',
    iceServers: [],
    allowedHosts: [],
  },
  platform: {
    accounts: nothing,
    ledger: nothing,
    roster: nothing,
    jobs: nothing,
    jobStore: nothing,
    pools: nothing,
    network: nothing,
    settings: nothing,
  } as never,
  access: nothing,
  control: nothing,
  reader: nothing,
  isSignedForUs: nothing,
  ...{ database: nothing, seal: nothing, metrics: nothing, checks: [], logger: pino({ level: 'silent' }) },
  ...{ models: () => [], wakeBatches() {}, peerCount: () => 0 },
};

interface Body {
  content?: Record<string, { schema: Record<string, unknown> }>;
}
interface Operation {
  requestBody?: Body;
  responses: Record<string, Body>;
}

async function readApi(): Promise<{ routes: string[]; described: Map<string, Operation>; components: object }> {
  const app = createHttpApp(options);
  const document = await (await app.request('/openapi.json')).json();
  const routes = app.routes
    // Guards stand on patterns, refusals on every method: neither is a route.
    .filter(({ path, method }) => path.startsWith('/api/') && !path.includes('*') && method !== 'ALL')
    .map(({ path, method }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const described = Object.entries(document.paths as Record<string, Record<string, Operation>>)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );
  return {
    routes: [...new Set(routes)].sort(),
    described: new Map(described),
    components: document.components.schemas,
  };
}

test('every route of /api is described', async () => {
  const { routes, described } = await readApi();
  expect(routes).toEqual([...described.keys()].sort());
  expect(routes.length).toBeGreaterThan(20);
});

test('every body and answer of /api is a shape of protocol/http', async () => {
  const { described, components } = await readApi();
  const names = new Set<unknown>();
  for (const [route, { requestBody, responses }] of described) {
    for (const { content = {} } of [...(requestBody ? [requestBody] : []), ...Object.values(responses)]) {
      expect(Object.keys(content), route).toEqual(Object.keys(content).length === 0 ? [] : ['application/json']);
      for (const { schema } of Object.values(content)) {
        expect(Object.keys(schema), route).toEqual(['$ref']);
        names.add(String(schema.$ref).replace('#/components/schemas/', ''));
      }
    }
  }
  expect(names.size).toBeGreaterThan(15);
  for (const name of names) {
    expect(shapeNotes._idmap.has(String(name)), `${name} is declared with shape()`).toBe(true);
    expect(Object.keys(components)).toContain(name);
  }
});
