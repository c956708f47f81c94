// What jobs, batches and pools keep of one account: told to whoever takes it along, and forgotten with the account.
import { desc, eq } from 'drizzle-orm';
import { MAX_EXPORT_ROWS } from '../protocol/http/account-export.ts';
import type { AccountRoutesOptions } from './accounts/account-routes-options.ts';
import { eraseBatchesOf } from './batches/erase-batches-of.ts';
import { files } from './batches/tables.ts';
import type { Database } from './db/open-database.ts';
import { listJobs } from './jobs/list-jobs.ts';
import { accountOwner } from './ledger/owner.ts';
import type { PoolStore } from './pools/pool-types.ts';

export const keptOfAccount =
  (db: Database, pools: Pick<PoolStore, 'list'>): AccountRoutesOptions['keptOf'] =>
  async ({ id }) => {
    const owner = accountOwner(id);
    const [jobs, kept] = await Promise.all([
      listJobs(db, { limit: MAX_EXPORT_ROWS, payer: owner }),
      db
        .select({ id: files.id, filename: files.filename, bytes: files.bytes, createdAt: files.createdAt })
        .from(files)
        .where(eq(files.owner, owner))
        .orderBy(desc(files.createdAt))
        .limit(MAX_EXPORT_ROWS),
    ]);
    return {
      jobs: jobs.map(({ createdAt, id: job, pool, state, promptTokens, completionTokens, chargedMicros }) => ({
        ...{ id: job, pool, state, promptTokens, completionTokens, chargedMicros },
        createdAt: createdAt.toISOString(),
      })),
      files: kept.map(({ createdAt, ...file }) => ({ ...file, createdAt: createdAt.toISOString() })),
      pools: pools.list().flatMap((pool) => (pool.createdBy === id ? [pool.id] : [])),
    };
  };

export const forgetAccount = (pools: Pick<PoolStore, 'disown'>): AccountRoutesOptions['forget'] => ({
  erase: eraseBatchesOf,
  gone: (account) => pools.disown(account),
});
