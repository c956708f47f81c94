// Runs one transaction, again when the database asks for that. Whoever calls it must be able to run twice: nothing outside
// of the database may change within.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/open-database.ts';

/** The same as a database, within a transaction. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** serialization_failure and deadlock_detected (PostgreSQL, appendix A): rolled back whole, may be tried again. */
const RETRIED = new Set(['40001', '40P01']);
/** Locks are taken in one order, so that even the second try is rare. */
const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 5;

/** Commits what `work` did, or nothing. Rejects with what `work` threw, or with the database's error. */
export async function runTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt === MAX_TRIES || !RETRIED.has(sqlStateOf(error) ?? '')) throw error;
      // Those that collided must not meet again in step.
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * Math.random());
    }
  }
}

/** The five characters of SQLSTATE, wherever in the chain of causes the driver's error is. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}
