// What the server's owner has done, in a list that is only ever added to. Ids, never names: a deleted account leaves none here.
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { ADMIN_ACTS } from '../../protocol/http/admin.ts';
import { accounts } from '../accounts/tables.ts';
import type { Database } from '../db/open-database.ts';
import { adminActs } from './tables.ts';

export type ActName = (typeof ADMIN_ACTS)[number];

export interface KeptAct {
  id: number;
  at: Date;
  act: string;
  subject: string | null;
  /** The account that it is about, if that is there. */
  name: string | null;
  detail: string | null;
}

export interface AdminActs {
  /**
   * Does it and has it in the list: it is written before, so that what a crash cut short is there too, and taken back where it was
   * refused.
   */
  during<T>(act: { act: ActName; subject?: string; detail?: string }, work: () => Promise<T>): Promise<T>;
  /** Newest first. Throws `bad-request` for an `after` that was not given out. */
  list(page: { limit: number; after?: string | undefined }): Promise<KeptAct[]>;
}

const MAX_DETAIL_CHARS = 500;

export function createAdminActs(db: Database, clock: () => Date = () => new Date()): AdminActs {
  return {
    async during({ act, subject, detail }, work) {
      const row = { at: clock(), act, subject: subject ?? null, detail: detail?.slice(0, MAX_DETAIL_CHARS) ?? null };
      const [written] = await db.insert(adminActs).values(row).returning({ id: adminActs.id });
      try {
        return await work();
      } catch (thrown) {
        await db.delete(adminActs).where(eq(adminActs.id, written!.id));
        throw thrown;
      }
    },

    async list({ limit, after }) {
      if (after !== undefined && !/^\d{1,15}$/.test(after)) {
        throw new PoolError('bad-request', 'The place in the list is not one that was given out.');
      }
      const { id, at, act, subject, detail } = adminActs;
      return db
        .select({ id, at, act, subject, detail, name: accounts.name })
        .from(adminActs)
        .leftJoin(accounts, eq(accounts.id, sql`${subject}`))
        .where(and(after === undefined ? undefined : lt(id, Number(after))))
        .orderBy(desc(id))
        .limit(limit);
    },
  };
}
