// What an account has used, and what a peer that nobody has claimed has earned. Reads only.

import { Hono } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { peerIdSchema } from '../../protocol/ids.ts';
import type { Authenticate } from '../http/api-types.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { peerOwner } from '../ledger/owner.ts';
import type { JobStore } from './job-store.ts';

const PAGE_JOBS = 50;
const NO_STORE = { 'Cache-Control': 'no-store' };

export interface UsageRoutesOptions {
  authenticate: Authenticate;
  jobs: Pick<JobStore, 'listOf'>;
  ledger: Pick<Ledger, 'balanceOf'>;
}

/** @example app.route('/api', createUsageRoutes({ authenticate, jobs, ledger })); */
export function createUsageRoutes({ authenticate, jobs, ledger }: UsageRoutesOptions): Hono {
  const routes = new Hono();
  routes.get('/account/jobs', async (c) => {
    const { owner } = await authenticate(c);
    const records = await jobs.listOf(owner, PAGE_JOBS);
    return c.json(
      {
        jobs: records.map(({ id, pool, state, plan, outcome, usage, chargedMicros, createdAt }) => ({
          ...{ id, pool, state, usage, chargedMicros },
          mode: plan?.mode ?? null,
          predicted: plan?.predicted ?? null,
          outcome: outcome
            ? { tokensPerSecond: outcome.tokensPerSecond, timeToFirstTokenMs: outcome.timeToFirstTokenMs }
            : null,
          createdAt: createdAt.toISOString(),
        })),
      },
      200,
      NO_STORE,
    );
  });
  // An id is told to every neighbour of the peer, so this is no secret; names and accounts are not in it.
  routes.get('/peers/:peer/balance', async (c) => {
    const peer = peerIdSchema.safeParse(c.req.param('peer'));
    if (!peer.success) throw new PoolError('not-found', 'There is no such peer.');
    return c.json(await ledger.balanceOf(peerOwner(peer.data)), 200, NO_STORE);
  });
  return routes;
}
