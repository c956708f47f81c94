// Keeps where each peer wants to be paid, and has those used last in memory for whoever cannot wait. Judges nothing: who calls
// it has checked the signatures.
import { desc, eq, lt, sql } from 'drizzle-orm';
import type { PeerId } from '../../protocol/ids.ts';
import type { Address, SignedPayout } from '../../protocol/payout.ts';
import type { Database } from '../db/open-database.ts';
import { payouts } from './tables.ts';

/** Twice the sockets that a server holds: whoever serves is asked for again and again, and so stays. */
export const MAX_KNOWN_PAYOUTS = 10_000;

export interface PayoutStore {
  /** A statement takes the place of an older one alone. */
  keep(signed: SignedPayout): Promise<void>;
  of(peer: PeerId): Promise<Address | undefined>;
  /** The same at once, of those that were used last; undefined may mean that only the database knows it. */
  known(peer: PeerId): Address | undefined;
}

interface Known {
  address: Address;
  atMs: number;
}

/**
 * Reads the newest statements and gives the store over all of them.
 *
 * @param maxKnown for tests.
 */
export async function createPayoutStore(db: Database, maxKnown = MAX_KNOWN_PAYOUTS): Promise<PayoutStore> {
  /** Those used last are last. */
  const memory = new Map<PeerId, Known>();
  /** What was said last stays, whatever comes back from the database first. */
  const remember = (peer: PeerId, known: Known): void => {
    const before = memory.get(peer);
    memory.delete(peer);
    memory.set(peer, before && before.atMs > known.atMs ? before : known);
    const [oldest] = memory.keys();
    if (memory.size > maxKnown && oldest !== undefined) memory.delete(oldest);
  };
  const find = (peer: PeerId): Address | undefined => {
    const known = memory.get(peer);
    if (known) remember(peer, known);
    return known?.address;
  };
  const newest = await db
    .select({ peer: payouts.peer, address: payouts.address, at: payouts.at })
    .from(payouts)
    .orderBy(desc(payouts.at), desc(payouts.peer))
    .limit(maxKnown);
  for (const { peer, address, at } of newest.reverse()) remember(peer, { address, atMs: at.getTime() });

  return {
    async keep({ peer, address, publicKey, signature, at }) {
      const before = memory.get(peer);
      if (before && before.atMs >= at) return;
      // A tab says it at each connection: what is not new is not written again.
      if (before?.address === address) {
        remember(peer, { address, atMs: at });
        return;
      }
      const row = { address, publicKey, signature, at: new Date(at) };
      const [written] = await db
        .insert(payouts)
        .values({ peer, ...row })
        .onConflictDoUpdate({ target: payouts.peer, set: row, setWhere: lt(payouts.at, sql`excluded.at`) })
        .returning({ at: payouts.at });
      if (written) remember(peer, { address, atMs: at });
    },
    async of(peer) {
      const known = find(peer);
      if (known) return known;
      const [row] = await db.select().from(payouts).where(eq(payouts.peer, peer));
      if (row) remember(peer, { address: row.address, atMs: row.at.getTime() });
      return row?.address;
    },
    known: find,
  };
}
