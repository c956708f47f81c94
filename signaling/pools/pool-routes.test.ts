import type { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolSummary } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type ModelRef, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { expectDescribed } from '../http/test-answers.ts';
import { createGuardedApp } from '../http/test-site.ts';
import type { RecentJob } from '../jobs/job-store.ts';
import { type Account, type AccountId, accountOwner } from '../ledger/owner.ts';
import { createModelReader, type ModelReader } from '../models/model-reader.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { createPoolRoutes } from './pool-routes.ts';
import { createPoolStore } from './pool-store.ts';
import { pools } from './tables.ts';

const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
const ID = poolIdOf(MODEL);
const AT = `/api/pools/${encodeURIComponent(ID)}`;
const PEER = 'ab'.repeat(16) as PeerId;
const BODY = { repo: MODEL.repo, dtype: 'q4' };

let database: OpenDatabase;
let app: OpenAPIHono;
let summaries: PoolSummary[];
let roster: Map<string, Pool>;
let readManifest: ModelReader['manifest'];
let recent: RecentJob[];
/** When the login showed its password. */
let provedAt: Date;

beforeAll(async () => {
  database = await openDatabase({ memory: true });
}, OPEN_TIMEOUT_MS);
afterAll(() => database.close());

beforeEach(async () => {
  await database.db.delete(pools);
  const store = await createPoolStore(database.db);
  summaries = [];
  roster = new Map();
  recent = [];
  provedAt = new Date();
  readManifest = async () => manifestOf({ maxContext: 2048 });
  app = createGuardedApp();
  const routes = createPoolRoutes({
    store,
    readManifest: (...parameters) => readManifest(...parameters),
    trustedProxies: 1,
    authenticate: async (c) => {
      const name = c.req.header('x-account');
      if (!name) throw new PoolError('not-logged-in', 'Who is it?');
      const account: Account = { id: name as AccountId, name, createdAt: new Date() };
      return { account, owner: accountOwner(account.id), login: { id: 'l', provedAt }, confirm: async () => {} };
    },
    ownerOf: async (peer) => (peer === PEER ? 'carol' : undefined),
    summaries: () => summaries,
    poolOf: (id) => roster.get(id),
    figuresOf: () => ({ waiting: 2, running: 1, recent }),
  });
  app.route('/api/pools', routes);
});

/** Every answer must be what the document says. */
async function call(method: string, path: string, { as, body }: { as?: string; body?: unknown } = {}) {
  const headers: Record<string, string> = { ...(as ? { 'x-account': as } : {}) };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await app.request(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  const answer = { status: response.status, body: text ? JSON.parse(text) : undefined };
  expectDescribed(app, { method, path, ...answer });
  return { ...answer, headers: response.headers };
}
const make = (as = 'ann', fields = {}) => call('POST', '/api/pools', { as, body: { ...BODY, ...fields } });

describe('pools over HTTP', () => {
  it('are made from the graph alone, listed and read', async () => {
    // The real reader over the real model that this site serves, without a network.
    ({ manifest: readManifest } = createModelReader({ hubUrl: 'https://hub.invalid', modelsDir: 'public/models' }));
    const made = await make('ann', { stages: 2, recruit: false });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(AT);
    expect(made.body).toMatchObject({
      ...{ pool: ID, model: MODEL, peers: 0, state: 'empty', reason: 'Waits for a tab to join.', isKept: true },
      ...{ stages: 2, recruit: false, loaded: true, listedPeers: 0, price: null },
    });
    const { layers, layerBytes, kvBytesPerToken, hiddenSize, contextTokens } = made.body.details;
    expect(layerBytes).toHaveLength(layers);
    for (const number of [layers, kvBytesPerToken, hiddenSize, contextTokens]) expect(number).toBeGreaterThan(0);
    expect((await call('GET', AT)).body).toEqual(made.body);
    expect((await call('GET', '/api/pools')).body).toEqual({ pools: [made.body] });
  });

  it('of one model live side by side under names of their own', async () => {
    await make();
    const made = await make('bob', { slug: 'market', stages: 2 });
    expect(made.body).toMatchObject({ pool: `${ID}/market`, model: MODEL, stages: 2 });
    const at = made.headers.get('location')!;
    expect(at).toBe(`/api/pools/${encodeURIComponent(`${ID}/market`)}`);
    expect((await call('DELETE', at, { as: 'ann' })).status).toBe(403);
    expect((await call('PATCH', at, { as: 'bob', body: { stages: 3 } })).body).toMatchObject({ stages: 3 });
    expect((await call('GET', AT)).body).toMatchObject({ pool: ID, stages: null });
    expect((await make('bob', { slug: 'market' })).status).toBe(409);
    expect((await make('bob', { slug: 'Market' })).status).toBe(400);
    await call('DELETE', at, { as: 'bob' });
    expect((await call('GET', '/api/pools')).body.pools).toHaveLength(1);
  });

  it('that tabs opened are listed as the roster tells them', async () => {
    summaries = [
      {
        pool: poolIdOf({ ...MODEL, repo: 'x/y' }),
        model: { ...MODEL, repo: 'x/y' },
        peers: 3,
        state: 'ready',
        reason: 'Serves.',
      },
    ];
    await make();
    const listed = (await call('GET', '/api/pools')).body.pools;
    expect(listed).toMatchObject([
      { ...summaries[0], isKept: false, details: null },
      { pool: ID, isKept: true },
    ]);
    expect((await call('GET', `/api/pools/${encodeURIComponent('x/y@main:q4')}`)).body).toMatchObject({ peers: 3 });
  });

  it('are changed, loaded, unloaded and deleted by their maker', async () => {
    await make();
    const price = { promptMicros: 1, completionMicros: 2 };
    expect((await call('PATCH', AT, { as: 'ann', body: { stages: 3, price } })).body).toMatchObject({
      stages: 3,
      price,
    });
    expect((await call('PATCH', AT, { as: 'ann', body: { stages: null, price: null } })).body).toMatchObject({
      stages: null,
      price: null,
    });
    expect((await call('POST', `${AT}/unload`, { as: 'ann' })).body).toMatchObject({
      loaded: false,
      reason: 'The pool is unloaded: whoever made it can load it again.',
    });
    expect((await call('POST', `${AT}/load`, { as: 'ann' })).body).toMatchObject({ loaded: true });
    expect((await call('DELETE', AT, { as: 'ann' })).status).toBe(204);
    expect((await call('GET', AT)).status).toBe(404);
  });

  it('are shown by the pages that their maker lists, and give what a recent login said', async () => {
    await make();
    const embedOrigins = ['https://app.example', 'http://localhost:4000'];
    const sponsor = { visitorMicros: 500, dayMicros: 10_000 };
    const change = async (body: object) => (await call('PATCH', AT, { as: 'ann', body })).body;
    expect((await call('GET', AT)).body).toMatchObject({ embedOrigins: [], sponsor: null });
    expect(await change({ embedOrigins })).toMatchObject({ embedOrigins, sponsor: null });
    expect(await change({ stages: 2 })).toMatchObject({ embedOrigins });
    provedAt = new Date(Date.now() - 20 * 60_000);
    expect(await change({ embedOrigins, sponsor })).toMatchObject({ error: { code: 'login-again' } });
    provedAt = new Date();
    expect(await change({ sponsor })).toMatchObject({ embedOrigins, sponsor });
    provedAt = new Date(0);
    // It would give the same to many more.
    expect(await change({ embedOrigins: '*' })).toMatchObject({ error: { code: 'login-again' } });
    expect(await change({ sponsor: null, stages: null })).toMatchObject({ embedOrigins, sponsor: null });
    expect(await change({ embedOrigins: '*' })).toMatchObject({ embedOrigins: '*' });
    for (const wrong of ['https://app.example/x', 'https://a.example;', 'null'])
      expect(await change({ embedOrigins: [wrong] })).toMatchObject({ error: { code: 'bad-request' } });
    expect(await change({ sponsor: { visitorMicros: 5 } })).toMatchObject({ error: { code: 'bad-request' } });
  });

  it('list peers; a peer’s owner may take it off', async () => {
    await make();
    expect((await call('POST', `${AT}/peers`, { as: 'ann', body: { peer: PEER } })).body).toMatchObject({
      listedPeers: 1,
    });
    expect((await call('DELETE', `${AT}/peers/${PEER}`, { as: 'bob' })).status).toBe(403);
    expect((await call('DELETE', `${AT}/peers/${PEER}`, { as: 'carol' })).body).toMatchObject({ listedPeers: 0 });
    expect((await call('DELETE', `${AT}/peers/${PEER}`, { as: 'ann' })).status).toBe(200);
    expect((await call('DELETE', `${AT}/peers/nobody`, { as: 'ann' })).status).toBe(404);
  });

  it.each([
    ['PATCH', '', { stages: 1 }],
    ['DELETE', '', undefined],
    ['POST', '/load', undefined],
    ['POST', '/unload', undefined],
    ['POST', '/peers', { peer: PEER }],
    ['DELETE', `/peers/${PEER}`, undefined],
  ])('%s %s is the maker’s alone', async (method, path, body) => {
    await make();
    expect((await call(method, AT + path, { body })).status).toBe(401);
    expect((await call(method, AT + path, { as: 'bob', body })).status).toBe(403);
    expect((await call(method, `/api/pools/none%2Fsuch${path}`, { as: 'bob', body })).status).not.toBe(200);
  });

  it.each([
    ['no model', { repo: 'x' }],
    ['a path', { repo: '../../etc' }],
    ['an address', { repo: 'http://evil.example/x' }],
    ['another dtype', { dtype: 'q3' }],
    ['a revision that is a path', { revision: '../x' }],
    ['stages beyond the most', { stages: 65 }],
    ['a price with parts', { price: { promptMicros: 0.5, completionMicros: 1 } }],
    ['a field that nobody knows', { bogus: 1 }],
  ])('refuse %s', async (_name, fields) => {
    const { status, body } = await make('ann', fields);
    expect([status, body.error.code]).toEqual([400, 'bad-request']);
  });

  it('refuse a second pool of a model, nobody’s request, and too much', async () => {
    await make();
    expect((await make('bob')).status).toBe(409);
    expect((await call('POST', '/api/pools', { body: BODY })).status).toBe(401);
    expect((await make('ann', { repo: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('G11: are not made over tabs that lend already, also if those come while the model is read', async () => {
    const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;
    const open = { ...emptyPool(ID, 7), peers: [{ peer: PEER, capability }] };
    roster.set(ID, open);
    const refused = await make();
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    expect((await make('ann', { slug: 'mine' })).status).toBe(201);
    roster.clear();
    readManifest = async () => {
      roster.set(ID, open);
      return manifestOf();
    };
    expect((await make()).status).toBe(409);
  });

  it('tell why a model cannot be read', async () => {
    ({ manifest: readManifest } = createModelReader({ hubUrl: '/no-hub', modelsDir: 'public/models' }));
    expect((await make('ann', { repo: 'acme/other' })).body.error.code).toBe('model-not-found');
    expect((await make('ann', { dtype: 'bnb4' })).body.error.code).toBe('model-not-found');
  });
});

/** Whatever the roster may come to keep beside a coalition stays there. */
const SECRET = { ticket: 'secret-ticket' };

describe('the state of a pool', () => {
  it('shows members as measured, coalitions without tickets, the queue', async () => {
    await make();
    await call('POST', `${AT}/peers`, { as: 'ann', body: { peer: 'cd'.repeat(16) } });
    const capability = { backend: 'wasm', msPerLayer: 1.5, memoryBytes: 1e9, device: 'test' } as const;
    const seat = {
      peer: PEER,
      start: 0,
      end: 4,
      backend: 'wasm',
      device: 'test',
      totalBytes: 9,
      loadedBytes: 9,
      ready: true,
    } as const;
    const coalition = {
      pool: ID,
      model: MODEL,
      epoch: 7,
      state: 'ready',
      seats: [seat],
    } as const;
    const pool: Pool = {
      ...emptyPool(ID, 7),
      peers: [{ peer: PEER, capability }],
      coalitions: [{ coalition: { ...coalition, seats: [...coalition.seats], ...SECRET }, progressAtMs: new Map() }],
    };
    roster.set(ID, pool);
    const { body } = await call('GET', `${AT}/state`);
    expect(body).toMatchObject({
      pool: ID,
      lastEpoch: 7,
      members: [
        { peer: PEER, isHere: true, isListed: false, msPerLayer: 1.5, memoryBytes: 1e9, layers: { start: 0, end: 4 } },
        { peer: 'cd'.repeat(16), isHere: false, isListed: true },
      ],
      serving: { epoch: 7, state: 'ready', seats: [{ peer: PEER, start: 0, end: 4 }] },
      forming: null,
      further: [],
      waiting: 2,
      running: 1,
      recent: [],
    });
    expect(JSON.stringify(body)).not.toContain('ticket');
  });

  it('shows who is planned no more, and what was predicted and came', async () => {
    await make();
    const capability = { backend: 'webgpu', msPerLayer: 2, memoryBytes: 1e9, device: 'test' } as const;
    const predicted = { tokensPerSecond: 40, timeToFirstTokenMs: 90 };
    const times = { hopMs: 1, queueMs: 0, uploadMs: 0, computeMs: 7, readbackMs: 0 };
    recent = [
      {
        endedAt: new Date('2026-03-04T05:06:07.000Z'),
        plan: {
          ...{ mode: 'lan', driver: 'entry', local: false, drafter: 'none', stages: 1, predicted },
          ...{ reason: 'One tab holds it.', rejected: [{ mode: 'solo', why: 'Nobody holds all of it.' }] },
        },
        outcome: {
          ...{ epoch: 7, route: [{ stage: 0, start: 0, end: 4, batch: 1, ...times }], returnHopMs: 1, lapMs: 9 },
          ...{ draftMs: 0, laps: 3, drafted: 0, accepted: 0, drafter: 'none', totalMs: 100 },
          ...{ tokensPerSecond: 38, timeToFirstTokenMs: 95 },
        },
      },
    ];
    const peers = [{ peer: PEER, capability, excluded: 'stalled' as const }];
    roster.set(ID, { ...emptyPool(ID, 7), peers });
    const { body } = await call('GET', `${AT}/state`);
    expect(body.members).toMatchObject([{ peer: PEER, excluded: 'stalled' }]);
    const { endedAt, ...kept } = recent[0]!;
    expect(body.recent).toEqual([{ ...kept, endedAt: endedAt.toISOString(), mode: 'lan', predicted }]);
  });

  it('is not there for a pool that is not', async () => {
    expect((await call('GET', '/api/pools/no%2Fsuch@main:q4/state')).status).toBe(404);
  });
});
