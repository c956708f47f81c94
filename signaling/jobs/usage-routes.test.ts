// What an account and a peer read of their usage, over HTTP and as the document says.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { beforeEach, expect, it } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import type { JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { createAuthenticate, createLoginAuthenticate } from '../http/authenticate.ts';
import { expectDescribed } from '../http/test-answers.ts';
import { createGuardedApp, TEST_ACCOUNTS, TEST_KEY } from '../http/test-site.ts';
import { createProgramUsageRoutes } from '../openai/usage-routes.ts';
import type { JobRecord } from './job-types.ts';
import { createUsageRoutes } from './usage-routes.ts';

const predicted = { tokensPerSecond: 40, timeToFirstTokenMs: 90 };
const plan: RoutePlan = {
  ...{ mode: 'lan', driver: 'entry', local: false, drafter: 'none', stages: 2 },
  ...{ reason: 'Two tabs hold it.', predicted, rejected: [] },
};
const outcome: JobStats = {
  ...{ epoch: 3, route: [], returnHopMs: 1, lapMs: 20, draftMs: 0, laps: 9, drafted: 0, accepted: 0, drafter: 'none' },
  ...{ tokensPerSecond: 38, timeToFirstTokenMs: 95, totalMs: 400 },
};
const waiting: JobRecord = {
  id: 'a'.repeat(32) as JobId,
  pool: 'owner/tiny@main:q4',
  state: 'waiting',
  usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
  chargedMicros: 0,
  createdAt: new Date('2026-03-04T05:06:07.000Z'),
};
const done: JobRecord = { ...waiting, state: 'done', plan, outcome, chargedMicros: 13, endedAt: new Date() };

let app: OpenAPIHono;
let payer: string | undefined;

beforeEach(() => {
  app = createGuardedApp();
  const sources = {
    jobs: {
      async listOf(owner: string) {
        payer = owner;
        return [done, waiting];
      },
    },
    ledger: { balanceOf: async () => ({ availableMicros: 7, heldMicros: 3 }) },
  };
  app.route('/api', createUsageRoutes({ authenticate: createLoginAuthenticate(TEST_ACCOUNTS), ...sources }));
  app.route('/v1', createProgramUsageRoutes({ authenticate: createAuthenticate(TEST_ACCOUNTS), ...sources }));
});

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await app.request(path, { headers });
  const answer = { status: response.status, body: await response.json() };
  expectDescribed(app, { method: 'GET', path, ...answer });
  return { ...answer, headers: response.headers };
}

it('lists the jobs of whoever asks: what was predicted, what came, what it cost, and no more', async () => {
  const { body, headers } = await get('/api/account/jobs', { cookie: 'cp_session=session-ann' });
  expect(payer).toBe('account:ann');
  expect(headers.get('cache-control')).toBe('no-store');
  const { id, pool, usage } = waiting;
  const common = { id, pool, usage, createdAt: '2026-03-04T05:06:07.000Z' };
  expect(body.jobs).toEqual([
    {
      ...{ ...common, state: 'done', chargedMicros: 13, mode: 'lan', predicted },
      outcome: { tokensPerSecond: 38, timeToFirstTokenMs: 95 },
    },
    { ...common, state: 'waiting', chargedMicros: 0, mode: null, predicted: null, outcome: null },
  ]);
});

it('tells nobody whose jobs they are not', async () => {
  expect((await get('/api/account/jobs')).status).toBe(401);
  expect((await get('/v1/computepool/usage')).status).toBe(401);
});

it('G9: gives a program the balance and the last jobs that its key pays for, below /v1, and nothing below /api', async () => {
  const authorization = `Bearer ${TEST_KEY}`;
  const { status, body, headers } = await get('/v1/computepool/usage', { authorization });
  expect([status, payer, headers.get('cache-control')]).toEqual([200, 'account:ann', 'no-store']);
  expect(body).toMatchObject({
    object: 'computepool.usage',
    available: { credits: '0.000007', micros: 7 },
    held: { credits: '0.000003', micros: 3 },
    jobs: [
      { id: done.id, state: 'done', charged: { micros: 13 }, created_at: 1772600767 },
      { state: 'waiting', prompt_tokens: 0 },
    ],
  });
  const refused = await get('/api/account/jobs', { authorization, cookie: 'cp_session=session-ann' });
  expect([refused.status, refused.body.error.code]).toEqual([403, 'login-required']);
});

it('gives the balance of a peer to whoever knows its id', async () => {
  const { body, headers } = await get(`/api/peers/${'0f'.repeat(16)}/balance`);
  expect(body).toEqual({ availableMicros: 7, heldMicros: 3 });
  expect(headers.get('cache-control')).toBe('no-store');
});

it.each(['nobody', 'x'.repeat(2000), '..%2F..'])('finds no peer %s', async (peer) => {
  expect((await get(`/api/peers/${peer}/balance`)).status).toBe(404);
});
