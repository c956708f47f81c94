// What the ledger shows: a balance, a statement, the sums. Changes nothing.

import { and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Balance, Ledger, StatementLine } from './ledger-types.ts';
import { ISSUER } from './net-entries.ts';
import type { OwnerId } from './owner.ts';
import { balances, holds, ledgerEntries, ledgerEvents } from './tables.ts';

const MAX_LINES = 200;

/** An owner that the ledger does not know has nothing. */
export async function readBalance(db: Database, owner: OwnerId): Promise<Balance> {
  const rows = await db.select().from(balances).where(eq(balances.owner, owner));
  const amountOf = (bucket: string): number => rows.find((row) => row.bucket === bucket)?.amount ?? 0;
  return { availableMicros: amountOf('available'), heldMicros: amountOf('held') };
}

/**
 * Newest first. The next page is `before` the last line's `eventId`: both lines of an event are on one page, so that a
 * page may be a line short, or a line long when only one was asked for. Throws `bad-request` for a `before` that is no id.
 */
export async function readStatement(
  db: Database,
  owner: OwnerId,
  page: { limit: number; before?: string },
): Promise<StatementLine[]> {
  const limit = Math.min(Math.max(Math.trunc(page.limit) || 1, 1), MAX_LINES);
  if (page.before !== undefined && !/^\d{1,15}$/.test(page.before)) {
    throw new PoolError('bad-request', 'The place in the statement is not one that was given out.');
  }
  const rows = await db
    .select({ event: ledgerEvents, entry: ledgerEntries })
    .from(ledgerEntries)
    .innerJoin(ledgerEvents, eq(ledgerEvents.id, ledgerEntries.event))
    .where(
      and(
        eq(ledgerEntries.owner, owner),
        page.before === undefined ? undefined : lt(ledgerEntries.event, Number(page.before)),
      ),
    )
    .orderBy(desc(ledgerEntries.event), asc(ledgerEntries.bucket))
    .limit(limit + 1);
  // An owner has two lines of an event at most, one per bucket.
  const isCut = rows[limit] !== undefined && rows[limit].event.id === rows[limit - 1]!.event.id;
  const shown = !isCut ? rows.slice(0, limit) : limit === 1 ? rows : rows.slice(0, limit - 1);
  return shown.map(({ event: { id, at, kind, job }, entry: { amount, bucket } }) => ({
    ...{ eventId: String(id), at, kind, bucket, amountMicros: amount },
    ...(job === null ? {} : { job }),
  }));
}

export async function readTotals(db: Database): ReturnType<Ledger['totals']> {
  const sums = await db
    .select({
      bucket: balances.bucket,
      isIssuer: sql<boolean>`${balances.owner} = ${ISSUER}`.as('is_issuer'),
      // numeric comes as text from one driver and as a number from the other.
      micros: sql`sum(${balances.amount})`.mapWith(Number),
    })
    .from(balances)
    .groupBy(balances.bucket, sql`is_issuer`);
  const sumOf = (bucket: string, isIssuer: boolean): number =>
    sums.find((row) => row.bucket === bucket && row.isIssuer === isIssuer)?.micros ?? 0;
  const openHolds = await db.$count(holds, eq(holds.state, 'open'));
  const issuedMicros = 0 - sumOf('available', true);
  return { availableMicros: sumOf('available', false), heldMicros: sumOf('held', false), issuedMicros, openHolds };
}
