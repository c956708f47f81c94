// The job's row: made once it is admitted, changed as it moves, read back for whoever paid. Holds no text of anybody.

import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Database } from '../db/open-database.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { type GoingJob, goingTermsOf } from './going-job.ts';
import type { JobRecord } from './job-types.ts';
import type { LiveJob } from './live-job.ts';
import { type ShownJob, shownTermsOf } from './shown-job.ts';
import { jobs } from './tables.ts';

const LIVE = ['waiting', 'running', 'settling'] as const;
const MAX_PAGE = 100;
const MAX_RECENT = 20;

/** Prediction and outcome of one finished job. */
export interface RecentJob {
  endedAt: Date;
  plan: RoutePlan;
  outcome: JobStats;
}

export interface JobStore {
  /**
   * State, plan, usage and outcome as they are now. The first call makes the row, later ones change it, in their order, and
   * after an end nothing does.
   */
  save(job: LiveJob, change?: { chargedMicros?: number; errorCode?: string; isOver?: boolean }): Promise<void>;
  /** Waits for what is being saved of it. */
  find(id: string, payer: OwnerId): Promise<JobRecord | undefined>;
  /** Newest first. */
  listOf(payer: OwnerId, limit: number): Promise<JobRecord[]>;
  /** Finished jobs of a pool with prediction and outcome, newest first. */
  recentOf(pool: PoolId): Promise<RecentJob[]>;
  /** What stages of it have shown by now. */
  saveShown(job: LiveJob): Promise<void>;
  /** Paid answers that a server that died left behind, and that somebody has worked on. */
  listShown(): Promise<ShownJob[]>;
  /** Who worked on it is paid. */
  endShown(id: JobId, chargedMicros: number): Promise<void>;
  /** Jobs that a server that died left behind, and that nobody drives any more, become `failed`. Resolves to which they are. */
  endOrphans(): Promise<{ id: JobId; pool: PoolId }[]>;
  /** Which of these ids have no row: a server died between a job's hold and its row. */
  withoutRow(ids: readonly JobId[]): Promise<JobId[]>;
  /** Those that their clients drive on. */
  listGoing(): Promise<GoingJob[]>;
}

export function createJobStore(db: Database): JobStore {
  const saving = new Map<JobId, Promise<void>>();
  const isOpen = (id: JobId) => and(eq(jobs.id, id), isNull(jobs.endedAt));
  const failed = () => ({ state: 'failed', errorCode: 'shutting-down', endedAt: new Date(), shown: null }) as const;
  return {
    save(job, change) {
      const { id, pool, payer, source, nonce, heldMicros } = job;
      const now = columnsOf(job, change);
      const write = async (): Promise<void> => {
        await db
          .insert(jobs)
          .values({ id, pool, payer, source, nonce, heldMicros, ...now })
          .onConflictDoUpdate({ target: jobs.id, set: now, setWhere: isNull(jobs.endedAt) });
      };
      // One after the other, also over several connections: what failed is said to whoever asked for that.
      const before = saving.get(id);
      const saved = before ? before.then(write, write) : write();
      saving.set(id, saved);
      const done = (): void => void (saving.get(id) === saved && saving.delete(id));
      saved.then(done, done);
      return saved;
    },
    async find(id, payer) {
      await saving.get(id as JobId)?.catch(() => {});
      const [row] = await db
        .select()
        .from(jobs)
        .where(and(eq(jobs.id, id), eq(jobs.payer, payer)));
      return row && recordOf(row);
    },
    async listOf(payer, limit) {
      const rows = await db
        .select()
        .from(jobs)
        .where(eq(jobs.payer, payer))
        .orderBy(desc(jobs.createdAt))
        .limit(Math.min(limit, MAX_PAGE));
      return rows.map(recordOf);
    },
    async recentOf(pool) {
      const rows = await db
        .select({ endedAt: jobs.endedAt, plan: jobs.plan, outcome: jobs.outcome })
        .from(jobs)
        .where(and(eq(jobs.pool, pool), eq(jobs.state, 'done'), isNotNull(jobs.plan), isNotNull(jobs.outcome)))
        .orderBy(desc(jobs.endedAt))
        .limit(MAX_RECENT);
      return rows.flatMap(({ endedAt, plan, outcome }) =>
        endedAt && plan && outcome ? [{ endedAt, plan, outcome }] : [],
      );
    },
    async saveShown(job) {
      const shown = shownTermsOf(job);
      if (shown) await db.update(jobs).set({ shown }).where(isOpen(job.id));
    },
    async listShown() {
      const { id, nonce, pool, shown } = jobs;
      const rows = await db
        .select({ id, nonce, pool, shown })
        .from(jobs)
        .where(and(inArray(jobs.state, [...LIVE]), isNotNull(shown)));
      return rows.map((row) => ({
        ...{ id: row.id as JobId, nonce: row.nonce, pool: row.pool as PoolId, terms: row.shown! },
      }));
    },
    async endShown(id, chargedMicros) {
      await db
        .update(jobs)
        .set({ ...failed(), chargedMicros })
        .where(isOpen(id));
    },
    async endOrphans() {
      const rows = await db
        .update(jobs)
        .set(failed())
        .where(and(inArray(jobs.state, [...LIVE]), isNull(jobs.going)))
        .returning({ id: jobs.id, pool: jobs.pool });
      return rows as { id: JobId; pool: PoolId }[];
    },
    async withoutRow(ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .select({ id: jobs.id })
        .from(jobs)
        .where(inArray(jobs.id, [...ids]));
      const known = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !known.has(id));
    },
    async listGoing() {
      const rows = await db
        .select()
        .from(jobs)
        .where(and(inArray(jobs.state, [...LIVE]), isNotNull(jobs.going)));
      return rows.map(goingOf);
    },
  };
}

/** What changes while a job lives. */
function columnsOf(job: LiveJob, { chargedMicros, errorCode, isOver = false }: Parameters<JobStore['save']>[1] = {}) {
  const going = isOver ? undefined : goingTermsOf(job);
  const state = isOver ? (errorCode === undefined ? 'done' : 'failed') : job.state === 'over' ? 'done' : job.state;
  return {
    state,
    ...job.usage,
    ...(job.plan ? { plan: job.plan } : {}),
    ...(going ? { going } : {}),
    ...(job.stats ? { outcome: job.stats } : {}),
    ...(chargedMicros === undefined ? {} : { chargedMicros }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(isOver ? { endedAt: new Date(), going: null, shown: null } : {}),
  } as const;
}

function goingOf({ promptTokens, cachedTokens, completionTokens, ...row }: typeof jobs.$inferSelect): GoingJob {
  const { nonce, plan, heldMicros } = row;
  return {
    ...{ id: row.id as JobId, nonce, pool: row.pool as PoolId, payer: row.payer as OwnerId },
    ...{ plan: plan ?? undefined, usage: { promptTokens, cachedTokens, completionTokens }, heldMicros },
    terms: row.going!,
  };
}

function recordOf(row: typeof jobs.$inferSelect): JobRecord {
  const { promptTokens, cachedTokens, completionTokens } = row;
  return {
    id: row.id as JobId,
    pool: row.pool,
    state: row.state,
    plan: row.plan ?? undefined,
    outcome: row.outcome ?? undefined,
    usage: { promptTokens, cachedTokens, completionTokens },
    chargedMicros: row.chargedMicros,
    // The column has what the dispatcher wrote there: a code of the table.
    ...(row.errorCode ? { error: { code: row.errorCode as ErrorCode } } : {}),
    createdAt: row.createdAt,
    endedAt: row.endedAt ?? undefined,
  };
}
