// The small grant on joining: once per owner, and a share per network address and day, counted where two servers at once
// cannot both be right.

import { lt, sql } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import { dayOf, hashAddress } from './hash-address.ts';
import { ISSUER } from './net-entries.ts';
import type { OwnerId } from './owner.ts';
import { postEvent } from './post-event.ts';
import { runTransaction } from './run-transaction.ts';
import { joinGrantCounts, joinGrants } from './tables.ts';

export interface JoinGrantOptions {
  owner: OwnerId;
  address: string;
  grantMicros: number;
  grantsPerAddressPerDay: number;
  at: Date;
}

/** Resolves to what was granted: `grantMicros` or 0. An owner that got none because of its address may try tomorrow. */
export function grantOnJoin(db: Database, options: JoinGrantOptions): Promise<number> {
  const { owner, grantMicros, grantsPerAddressPerDay, at } = options;
  if (grantMicros === 0 || grantsPerAddressPerDay === 0) return Promise.resolve(0);
  const day = dayOf(at);
  const addressDay = hashAddress(options.address, day);
  return runTransaction(db, async (tx) => {
    await tx.delete(joinGrantCounts).where(lt(joinGrantCounts.day, day));
    // The row is locked until the end: of several servers, each sees what the one before it counted.
    const [counted] = await tx
      .insert(joinGrantCounts)
      .values({ addressDay, day, grants: 0 })
      .onConflictDoUpdate({ target: joinGrantCounts.addressDay, set: { grants: sql`${joinGrantCounts.grants}` } })
      .returning({ grants: joinGrantCounts.grants });
    if (counted!.grants >= grantsPerAddressPerDay) return 0;
    const first = await tx.insert(joinGrants).values({ owner, at }).onConflictDoNothing().returning();
    if (first.length === 0) return 0;
    await tx
      .update(joinGrantCounts)
      .set({ grants: counted!.grants + 1 })
      .where(sql`${joinGrantCounts.addressDay} = ${addressDay}`);
    await postEvent(tx, { key: `grant:${owner}`, kind: 'grant', at }, [
      { owner: ISSUER, bucket: 'available', amount: -grantMicros },
      { owner, bucket: 'available', amount: grantMicros },
    ]);
    return grantMicros;
  });
}
