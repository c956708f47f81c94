// A peer that an account owns keeps no balance of its own.

import { randomUUID } from 'node:crypto';
import type { PeerId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Entry } from './net-entries.ts';
import { type OwnerId, peerOwner } from './owner.ts';
import { balanceKey, lockBalances, postEvent } from './post-event.ts';
import { runTransaction } from './run-transaction.ts';

/**
 * Moves all that the peer has available. What is held stays the peer's until its job is over; claiming again takes what
 * came back since, and nothing twice: the balance itself is what can be taken only once.
 */
export async function claimBalance(db: Database, peer: PeerId, account: OwnerId, at: Date): Promise<void> {
  const from = peerOwner(peer);
  if (from === account) return;
  await runTransaction(db, async (tx) => {
    const locked = await lockBalances(tx, bothSides(from, account, 0));
    const amount = locked.get(balanceKey({ owner: from, bucket: 'available' })) ?? 0;
    if (amount === 0) return;
    const key = `claim:${peer}:${account}:${randomUUID()}`;
    await postEvent(tx, { key, kind: 'claim', at }, bothSides(from, account, amount));
  });
}

const bothSides = (from: OwnerId, to: OwnerId, amount: number): Entry[] => [
  { owner: to, bucket: 'available', amount },
  { owner: from, bucket: 'available', amount: -amount },
];
