// What an account has used, and what a peer that nobody has claimed has earned. Reads only.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import { balancePathSchema } from '../../protocol/http/address.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { jobsSchema, peerBalanceSchema } from '../../protocol/http/usage.ts';
import { peerIdSchema } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate } from '../http/api-types.ts';
import { LOGIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, fieldsOf, POOL_FAILURE } from '../http/describe-shapes.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { peerOwner } from '../ledger/owner.ts';
import type { JobStore } from './job-store.ts';
import type { JobRecord } from './job-types.ts';

const PAGE_JOBS = 50;
const NO_STORE = { 'Cache-Control': 'no-store' };

const listJobs = createRoute({
  method: 'get',
  path: '/account/jobs',
  tags: ['account'],
  security: LOGIN_ONLY,
  summary: 'The last jobs, with prediction, outcome and cost',
  responses: { 200: answerOf(jobsSchema, 'Newest first.'), ...POOL_FAILURE },
});

const readBalance = createRoute({
  method: 'get',
  path: '/peers/{peer}/balance',
  tags: ['peers'],
  summary: 'The balance of a peer that keeps its own',
  request: { params: fieldsOf(balancePathSchema) },
  responses: { 200: answerOf(peerBalanceSchema, 'Zeros for a peer that has none.'), ...POOL_FAILURE },
});

export interface UsageRoutesOptions {
  authenticate: Authenticate;
  jobs: Pick<JobStore, 'listOf'>;
  ledger: Pick<Ledger, 'balanceOf'>;
}

/** @example app.route('/api', createUsageRoutes({ authenticate, jobs, ledger })); */
export function createUsageRoutes({ authenticate, jobs, ledger }: UsageRoutesOptions): OpenAPIHono {
  const routes = new OpenAPIHono({ defaultHook: throwIssue });
  routes.openapi(listJobs, async (c) => {
    const { owner } = await authenticate(c);
    const records = await jobs.listOf(owner, PAGE_JOBS);
    return c.json({ jobs: records.map(describeJob) }, 200, NO_STORE);
  });
  // An id is told to every neighbour of the peer, so this is no secret; names and accounts are not in it.
  routes.openapi(readBalance, async (c) => {
    const peer = peerIdSchema.safeParse(c.req.valid('param').peer);
    if (!peer.success) throw new PoolError('not-found', 'There is no such peer.');
    return c.json(await ledger.balanceOf(peerOwner(peer.data)), 200, NO_STORE);
  });
  return routes;
}

const describeJob = ({ plan, outcome, createdAt, ...job }: JobRecord): Wire<typeof jobsSchema>['jobs'][number] => ({
  ...{ id: job.id, pool: job.pool, state: job.state, usage: job.usage, chargedMicros: job.chargedMicros },
  mode: plan?.mode ?? null,
  predicted: plan?.predicted ?? null,
  outcome: outcome
    ? { tokensPerSecond: outcome.tokensPerSecond, timeToFirstTokenMs: outcome.timeToFirstTokenMs }
    : null,
  createdAt: createdAt.toISOString(),
});
