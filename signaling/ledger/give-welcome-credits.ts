// Welcome credits: once per owner, and a share per network address and day, counted where two servers at once
// cannot both be right.

import { lt, sql } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import { dayOf, hashAddress } from './hash-address.ts';
import { ISSUER } from './net-entries.ts';
import type { OwnerId } from './owner.ts';
import { postEvent } from './post-event.ts';
import { runTransaction } from './run-transaction.ts';
import { welcomeCounts, welcomes } from './tables.ts';

export interface WelcomeOptions {
  owner: OwnerId;
  address: string;
  welcomeMicros: number;
  welcomesPerAddressPerDay: number;
  at: Date;
}

/** Resolves to what was given: `welcomeMicros` or 0. An owner that got none because of its address may try tomorrow. */
export function giveWelcomeCredits(db: Database, options: WelcomeOptions): Promise<number> {
  const { owner, welcomeMicros, welcomesPerAddressPerDay, at } = options;
  if (welcomeMicros === 0 || welcomesPerAddressPerDay === 0) return Promise.resolve(0);
  const day = dayOf(at);
  const addressDay = hashAddress(options.address, day);
  return runTransaction(db, async (tx) => {
    await tx.delete(welcomeCounts).where(lt(welcomeCounts.day, day));
    // The row is locked until the end: of several servers, each sees what the one before it counted.
    const [counted] = await tx
      .insert(welcomeCounts)
      .values({ addressDay, day, grants: 0 })
      .onConflictDoUpdate({ target: welcomeCounts.addressDay, set: { grants: sql`${welcomeCounts.grants}` } })
      .returning({ grants: welcomeCounts.grants });
    if (counted!.grants >= welcomesPerAddressPerDay) return 0;
    const first = await tx.insert(welcomes).values({ owner, at }).onConflictDoNothing().returning();
    if (first.length === 0) return 0;
    await tx
      .update(welcomeCounts)
      .set({ grants: counted!.grants + 1 })
      .where(sql`${welcomeCounts.addressDay} = ${addressDay}`);
    await postEvent(tx, { key: `grant:${owner}`, kind: 'grant', at }, [
      { owner: ISSUER, bucket: 'available', amount: -welcomeMicros },
      { owner, bucket: 'available', amount: welcomeMicros },
    ]);
    return welcomeMicros;
  });
}
