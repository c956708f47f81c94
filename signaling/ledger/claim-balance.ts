// A peer that an account owns keeps no balance of its own, and a person has welcome credits once, however many keys their
// browsers made before they were claimed.

import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { PeerId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import { type Entry, ISSUER, type LedgerOwner } from './net-entries.ts';
import { type OwnerId, peerOwner } from './owner.ts';
import { balanceKey, lockBalances, type NewEvent, postLocked } from './post-event.ts';
import { runTransaction, type Transaction } from './run-transaction.ts';
import { ledgerEntries, ledgerEvents, welcomes } from './tables.ts';

/**
 * Moves all that the peer has available; of its welcome credits, what the account has had already goes back to where they came
 * from. What is held stays the peer's until its job is over; claiming again takes what came back since, and nothing twice: the
 * balance itself is what can be taken only once.
 */
export async function claimBalance(db: Database, peer: PeerId, account: OwnerId, at: Date): Promise<void> {
  const from = peerOwner(peer);
  if (from === account) return;
  await runTransaction(db, async (tx) => {
    const owners: LedgerOwner[] = [from, account, ISSUER];
    const locked = await lockBalances(
      tx,
      owners.map((owner) => available(owner, 0)),
    );
    const amount = locked.get(balanceKey({ owner: from, bucket: 'available' })) ?? 0;
    if (amount === 0) return;
    const { kept, returned } = await divideWelcome(tx, from, account, amount);
    const post = (kind: NewEvent['kind'], to: LedgerOwner, moved: number): Promise<void> => {
      const key = `claim:${peer}:${account}:${randomUUID()}`;
      return postLocked(tx, { key, kind, at }, [available(to, moved), available(from, -moved)]);
    };
    if (kept > 0) {
      await post('grant', account, kept);
      await tx.insert(welcomes).values({ owner: account, at }).onConflictDoNothing();
    }
    if (returned > 0) await post('grant', ISSUER, returned);
    if (amount > kept + returned) await post('claim', account, amount - kept - returned);
  });
}

/** What of a peer's `amount` is welcome credits: the account's own first, or more than a person has. */
async function divideWelcome(
  tx: Transaction,
  from: OwnerId,
  account: OwnerId,
  amount: number,
): Promise<{ kept: number; returned: number }> {
  const [ofPeer, ofAccount] = [await welcomeOf(tx, from), await welcomeOf(tx, account)];
  const left = Math.min(amount, ofPeer.left);
  const kept = Math.min(left, Math.max(0, ofPeer.given - ofAccount.left));
  return { kept, returned: left - kept };
}

/** Welcome credits that an owner was ever given, and those that it has not passed on, spent ones included. */
async function welcomeOf(tx: Transaction, owner: OwnerId): Promise<{ given: number; left: number }> {
  const sum = (condition = sql`true`) =>
    sql<string>`coalesce(sum(${ledgerEntries.amount}) filter (where ${condition}), 0)`;
  const [row] = await tx
    .select({ given: sum(sql`${ledgerEntries.amount} > 0`), left: sum() })
    .from(ledgerEntries)
    .innerJoin(ledgerEvents, eq(ledgerEvents.id, ledgerEntries.event))
    .where(and(eq(ledgerEntries.owner, owner), eq(ledgerEvents.kind, 'grant')));
  return { given: Number(row?.given ?? 0), left: Number(row?.left ?? 0) };
}

const available = (owner: LedgerOwner, amount: number): Entry => ({ owner, bucket: 'available', amount });
