// The end of a hold: paid out and the rest given back, or given back whole. Whichever comes first; there is no second.
import { and, eq, lt } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Payment } from './ledger-types.ts';
import { checkAmount, type Entry } from './net-entries.ts';
import { postEvent } from './post-event.ts';
import { runTransaction, type Transaction } from './run-transaction.ts';
import { holds } from './tables.ts';

type HoldRow = typeof holds.$inferSelect;

/** Holds that are released in one go; the next sweep takes the next ones. */
const MAX_RELEASES = 1000;

/**
 * Throws `bad-request` when the payments exceed the hold, `not-found` for a job that never had one, `conflict` when it was
 * released. A job that is settled gives the first settlement's result, whatever the payments now say.
 */
export async function settleHold(
  db: Database,
  settlement: { job: JobId; payments: readonly Payment[] },
  at: Date,
): Promise<{ chargedMicros: number; isRepeat: boolean }> {
  const { job, payments } = settlement;
  for (const { amountMicros } of payments) checkAmount(amountMicros);
  const chargedMicros = payments.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  return runTransaction(db, async (tx) => {
    const hold = await lockHold(tx, job);
    if (!hold) throw new PoolError('not-found', 'Nothing is held for this job.');
    if (hold.state === 'settled') return { chargedMicros: hold.charged, isRepeat: true };
    if (hold.state === 'released') throw new PoolError('conflict', 'What was held for this job was given back.');
    if (chargedMicros > hold.amount) {
      throw new PoolError('bad-request', 'The payments exceed what is held.', {
        data: { chargedMicros, heldMicros: hold.amount },
      });
    }
    await postEvent(tx, { key: `settle:${job}`, kind: 'settle', job, at }, [
      ...giveBack(hold, hold.amount - chargedMicros),
      ...payments.map(({ to, amountMicros }): Entry => ({ owner: to, bucket: 'available', amount: amountMicros })),
    ]);
    await tx.update(holds).set({ state: 'settled', charged: chargedMicros }).where(eq(holds.job, job));
    return { chargedMicros, isRepeat: false };
  });
}

/** Resolves to whether it was open. */
export function releaseHold(db: Database, job: JobId, at: Date): Promise<boolean> {
  return runTransaction(db, async (tx) => {
    const hold = await lockHold(tx, job);
    if (hold?.state !== 'open') return false;
    await postEvent(tx, { key: `release:${job}`, kind: 'release', job, at }, giveBack(hold, hold.amount));
    await tx.update(holds).set({ state: 'released' }).where(eq(holds.job, job));
    return true;
  });
}

export async function listOpenHolds(db: Database): Promise<JobId[]> {
  const open = await db.select({ job: holds.job }).from(holds).where(eq(holds.state, 'open'));
  return open.map(({ job }) => job as JobId);
}

/** Each in a transaction of its own: one that fails leaves the others released. */
export async function releaseExpired(db: Database, now: Date, at: Date): Promise<number> {
  const expired = await db
    .select({ job: holds.job })
    .from(holds)
    .where(and(eq(holds.state, 'open'), lt(holds.expiresAt, now)))
    .limit(MAX_RELEASES);
  let released = 0;
  for (const { job } of expired) if (await releaseHold(db, job, at)) released += 1;
  return released;
}

/** The hold's row before any balance: everyone takes these locks in this order. */
async function lockHold(tx: Transaction, job: JobId): Promise<HoldRow | undefined> {
  const [hold] = await tx.select().from(holds).where(eq(holds.job, job)).for('update');
  return hold;
}

/** The whole hold goes, `backMicros` of it to where it came from. */
const giveBack = ({ payer, amount }: HoldRow, backMicros: number): Entry[] => [
  { owner: payer, bucket: 'held', amount: -amount },
  { owner: payer, bucket: 'available', amount: backMicros },
];
