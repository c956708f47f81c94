// Paid sessions in the database and, while anything of them is left to do, in memory. Written before anything is done about them.
import { and, eq, gte, inArray, lt, ne } from 'drizzle-orm';
import type { Hex } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import { columnsOf, type PaidJob, type PaidSession, sessionOfRow } from './paid-session.ts';
import { paidJobs, paidSessions } from './tables.ts';

/** Sessions with something left to do. */
const MAX_LIVE = 10_000;
/** Jobs of one look. */
const MAX_EXPIRED = 100;

export interface EscrowRow {
  chainId: number;
  escrow: string;
}

export type JobRow = typeof paidJobs.$inferSelect;

export class SessionStore {
  readonly #db: Database;
  readonly #at: EscrowRow;
  readonly #live = new Map<Hex, PaidSession>();

  private constructor(db: Database, at: EscrowRow) {
    this.#db = db;
    this.#at = at;
  }

  /** With all that is not over yet. Sessions of another escrow stay as they are. */
  static async load(db: Database, at: EscrowRow): Promise<SessionStore> {
    const store = new SessionStore(db, at);
    const isOurs = and(eq(paidSessions.escrow, at.escrow), eq(paidSessions.chainId, at.chainId));
    const rows = await db
      .select()
      .from(paidSessions)
      .where(and(isOurs, ne(paidSessions.state, 'over')));
    const keys = rows.map(({ key }) => key);
    const open = keys.length
      ? await db
          .select()
          .from(paidJobs)
          .where(and(inArray(paidJobs.session, keys), eq(paidJobs.state, 'open')))
      : [];
    for (const row of rows) {
      const jobs = open.filter(({ session }) => session === row.key).map(jobOfRow);
      store.#live.set(row.key as Hex, sessionOfRow(row, jobs));
    }
    return store;
  }

  live(): readonly PaidSession[] {
    return [...this.#live.values()];
  }

  /** One with something left to do. */
  find(key: Hex): PaidSession | undefined {
    return this.#live.get(key);
  }

  /** Also one that is over. */
  async bySecret(hash: string): Promise<PaidSession | undefined> {
    const live = this.live().find(({ secretHash }) => secretHash === hash);
    if (live) return live;
    const [row] = await this.#db.select().from(paidSessions).where(eq(paidSessions.secretHash, hash));
    return row && sessionOfRow(row, []);
  }

  /** Also one that is over. */
  async read(key: string): Promise<PaidSession | undefined> {
    const live = this.#live.get(key as Hex);
    if (live) return live;
    const [row] = await this.#db.select().from(paidSessions).where(eq(paidSessions.key, key));
    return row && sessionOfRow(row, []);
  }

  /** Throws `conflict` where this quote has been paid before. */
  async add(session: PaidSession): Promise<void> {
    if (this.#live.size >= MAX_LIVE) {
      throw new PoolError('queue-full', 'As many paid sessions are open as this server takes.');
    }
    const [row] = await this.#db
      .insert(paidSessions)
      .values({ ...columnsOf(session), ...this.#at })
      .onConflictDoNothing()
      .returning({ key: paidSessions.key });
    if (!row) throw new PoolError('conflict', 'This payment has been taken already.');
    this.#live.set(session.key, session);
  }

  /** As it is now. */
  async save(session: PaidSession): Promise<void> {
    await this.#db.update(paidSessions).set(columnsOf(session)).where(eq(paidSessions.key, session.key));
    if (session.state === 'over') this.#live.delete(session.key);
  }

  /** Those that came to their end since then, as they were written down. */
  async overSince(since: Date): Promise<PaidSession[]> {
    const { chainId, escrow } = this.#at;
    const isOurs = and(eq(paidSessions.escrow, escrow), eq(paidSessions.chainId, chainId));
    const isRecent = and(eq(paidSessions.state, 'over'), gte(paidSessions.endedAt, since));
    const rows = await this.#db.select().from(paidSessions).where(and(isOurs, isRecent));
    return rows.map((row) => sessionOfRow(row, []));
  }

  /** One that was over has something left to do all the same. */
  async revive(session: PaidSession): Promise<void> {
    this.#live.set(session.key, session);
    await this.save(session);
  }

  /** A payment that never came. */
  async drop(session: PaidSession): Promise<void> {
    await this.#db.delete(paidSessions).where(eq(paidSessions.key, session.key));
    this.#live.delete(session.key);
  }

  async findJob(job: JobId): Promise<JobRow | undefined> {
    const [row] = await this.#db.select().from(paidJobs).where(eq(paidJobs.job, job));
    return row;
  }

  async addJob(session: PaidSession, job: PaidJob, expiresAt: Date): Promise<void> {
    const { job: id, amountWei, hasBegun } = job;
    await this.#db.transaction(async (db) => {
      const row = { job: id, session: session.key, amountWei: String(amountWei), hasBegun, expiresAt };
      await db.insert(paidJobs).values({ ...row, state: 'open' });
      await db.update(paidSessions).set(columnsOf(session)).where(eq(paidSessions.key, session.key));
    });
  }

  async noteBegun(job: JobId): Promise<void> {
    await this.#db.update(paidJobs).set({ hasBegun: true }).where(eq(paidJobs.job, job));
  }

  /** Job and session in one: what was earned is written once. False: somebody was first. */
  async endJob(session: PaidSession, job: JobId, end: { state: 'settled' | 'released'; chargedPico?: number }) {
    return this.#db.transaction(async (db) => {
      const [row] = await db
        .update(paidJobs)
        .set({ state: end.state, chargedPico: end.chargedPico === undefined ? null : String(end.chargedPico) })
        .where(and(eq(paidJobs.job, job), eq(paidJobs.state, 'open')))
        .returning({ job: paidJobs.job });
      if (row) await db.update(paidSessions).set(columnsOf(session)).where(eq(paidSessions.key, session.key));
      return row !== undefined;
    });
  }

  /** Those whose time is over: whoever worked on them has settled, or is gone. */
  async expired(now: Date): Promise<JobRow[]> {
    return this.#db
      .select()
      .from(paidJobs)
      .where(and(eq(paidJobs.state, 'open'), lt(paidJobs.expiresAt, now)))
      .limit(MAX_EXPIRED);
  }
}

const jobOfRow = ({ job, amountWei, hasBegun }: JobRow): PaidJob => ({ job, amountWei: BigInt(amountWei), hasBegun });
