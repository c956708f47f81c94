// Pages of kept jobs, newest first: of everybody, for the server's owner, or of one payer, for an export.
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { jobs } from './tables.ts';

const LISTED = {
  ...{ id: jobs.id, pool: jobs.pool, payer: jobs.payer, source: jobs.source, state: jobs.state },
  ...{ promptTokens: jobs.promptTokens, completionTokens: jobs.completionTokens },
  ...{ chargedMicros: jobs.chargedMicros, errorCode: jobs.errorCode, createdAt: jobs.createdAt },
};

export type ListedJob = Pick<typeof jobs.$inferSelect, keyof typeof LISTED>;

export interface JobsPage {
  limit: number;
  /** Id of the last one of the page before; of one that is gone nothing comes. */
  after?: string | undefined;
  payer?: OwnerId | undefined;
}

export const listJobs = (db: Database, { limit, after, payer }: JobsPage): Promise<ListedJob[]> =>
  db
    .select(LISTED)
    .from(jobs)
    .where(
      and(
        payer === undefined ? undefined : eq(jobs.payer, payer),
        after === undefined
          ? undefined
          : sql`(${jobs.createdAt}, ${jobs.id}) < (select last.created_at, last.id from ${jobs} last where last.id = ${after})`,
      ),
    )
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(limit);
