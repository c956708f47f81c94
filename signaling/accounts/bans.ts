// Whom the server's owner lets in no more: accounts, and peers by their id. Each is told why.
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import type { Remembered } from './remembered.ts';
import { accountPeers, accounts, bannedPeers } from './tables.ts';

type Bans = Pick<Accounts, 'banAccount' | 'unbanAccount' | 'banPeer' | 'unbanPeer' | 'peerBan' | 'listBannedPeers'>;

/** Thrown wherever somebody who is banned asks. */
export const banned = (what: 'account' | 'device', reason: string): PoolError =>
  new PoolError('banned', `This ${what} is banned: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`, {
    data: { reason },
  });

/** Throws `banned` for an account that is. */
export function refuseBanned({ banReason }: { banReason: string | null }): void {
  if (banReason !== null) throw banned('account', banReason);
}

/** What is read once, so that a thousand tabs that come back at once ask the database nothing. */
interface KnownBans {
  peers: ReadonlyMap<string, string>;
  /** Whether any account is banned: only then it matters whose a peer is. */
  hasAccounts: boolean;
}

export function createBans(db: Database, clock: () => Date, remembered: Remembered): Bans {
  let reading: Promise<KnownBans> | undefined;
  const known = (): Promise<KnownBans> => {
    reading ??= readBans(db);
    reading.catch(() => {
      reading = undefined;
    });
    return reading;
  };
  const change = <T>(work: () => Promise<T>): Promise<T> =>
    remembered.changing(work).finally(() => {
      reading = undefined;
    });
  const setBan = (account: AccountId, ban: { bannedAt: Date; banReason: string } | null): Promise<void> =>
    change(async () => {
      const changed = await db
        .update(accounts)
        .set(ban ?? { bannedAt: null, banReason: null })
        .where(eq(accounts.id, account))
        .returning({ id: accounts.id });
      if (changed.length === 0) throw new PoolError('not-found', 'There is no such account.');
    });
  return {
    banAccount: (account, banReason) => setBan(account, { bannedAt: clock(), banReason }),

    unbanAccount: (account) => setBan(account, null),

    banPeer: (peer, reason) =>
      change(async () => {
        const row = { peer, reason, bannedAt: clock() };
        await db.insert(bannedPeers).values(row).onConflictDoUpdate({ target: bannedPeers.peer, set: row });
      }),

    unbanPeer: (peer) =>
      change(async () => {
        const gone = await db.delete(bannedPeers).where(eq(bannedPeers.peer, peer)).returning();
        if (gone.length === 0) throw new PoolError('not-found', 'This device is not banned.');
      }),

    async peerBan(peer) {
      const { peers, hasAccounts } = await known();
      const own = peers.get(peer);
      if (own !== undefined) return banned('device', own);
      if (!hasAccounts) return undefined;
      const [owned] = await db
        .select({ reason: accounts.banReason })
        .from(accountPeers)
        .innerJoin(accounts, eq(accounts.id, accountPeers.account))
        .where(and(eq(accountPeers.peer, peer), isNotNull(accounts.banReason)));
      return owned && banned('account', owned.reason ?? '');
    },

    async listBannedPeers({ limit, before }) {
      return db
        .select()
        .from(bannedPeers)
        .where(before === undefined ? undefined : lt(bannedPeers.bannedAt, before))
        .orderBy(desc(bannedPeers.bannedAt))
        .limit(limit);
    },
  };
}

async function readBans(db: Database): Promise<KnownBans> {
  const rows = await db.select({ peer: bannedPeers.peer, reason: bannedPeers.reason }).from(bannedPeers);
  const hasAccounts = (await db.$count(accounts, isNotNull(accounts.banReason))) > 0;
  return { peers: new Map(rows.map(({ peer, reason }) => [peer, reason])), hasAccounts };
}
