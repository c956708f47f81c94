// The owner's routes for what is done here: jobs of everybody, and pools whoever made them.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import { listJobs } from '../jobs/list-jobs.ts';
import * as routes from './admin-route-table.ts';
import type { AdminOptions } from './admin-types.ts';
import { accountsOfPayers } from './list-accounts.ts';

const DONE = { ok: true as const };
const ENDED = 'Whoever runs this server has ended it.';

/** Adds them to the app of /api/admin, which sees to it who asks. */
export function addWorkRoutes(app: OpenAPIHono, options: AdminOptions): void {
  const { acts, pools, jobs } = options;
  const { db } = options.database;

  app.openapi(routes.listJobsRoute, async (c) => {
    const { limit, after } = c.req.valid('query');
    const found = await listJobs(db, { limit: limit + 1, after });
    const owners = await accountsOfPayers(
      db,
      found.map(({ payer }) => payer),
    );
    const shown = found.slice(0, limit).map(({ payer, createdAt, ...job }) => ({
      ...job,
      account: owners.get(payer) ?? null,
      createdAt: createdAt.toISOString(),
    }));
    return c.json({ jobs: shown, next: found.length > limit ? (shown.at(-1)?.id ?? null) : null }, 200);
  });
  app.openapi(routes.endJob, async (c) => {
    const { id } = c.req.valid('param');
    await acts.during({ act: 'end-job', subject: id }, async () => {
      if (!jobs.stop(id as JobId, ENDED)) throw new PoolError('not-found', 'No such job runs or waits.');
    });
    return c.json(DONE, 200);
  });
  for (const [route, act, loaded] of [
    [routes.loadPool, 'load-pool', true],
    [routes.unloadPool, 'unload-pool', false],
  ] as const) {
    app.openapi(route, async (c) => {
      const id = c.req.valid('param').id as PoolId;
      await acts.during({ act, subject: id }, () => pools.update(id, { loaded }));
      return c.json(DONE, 200);
    });
  }
  app.openapi(routes.removePool, async (c) => {
    const id = c.req.valid('param').id as PoolId;
    await acts.during({ act: 'remove-pool', subject: id }, async () => {
      const policy = pools.find(id);
      // The next start would make it again, and pages show one of them first.
      if (policy && policy.createdBy === undefined) {
        throw new PoolError('conflict', 'This pool is the server’s own: let it rest instead.');
      }
      await pools.remove(id);
    });
    return c.json(DONE, 200);
  });
}
