// Which account a peer earns for. A claim is proved by the peer's own key; nothing is taken on a name alone.

import { and, asc, count, eq } from 'drizzle-orm';
import { claimText } from '../../protocol/claim.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { Claim } from '../../protocol/http/account.ts';
import { fromBase64Url, peerIdOf, verifyText } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { lockAccount } from './lock-account.ts';
import type { Remembered } from './remembered.ts';
import { accountPeers } from './tables.ts';

/** Every browser profile is one; whoever has more runs a farm and can use two accounts. */
const MAX_PEERS = 256;

/** Base64url of a raw P-256 point (65 bytes) and of a signature (64 bytes). */
const PUBLIC_KEY_CHARS = 87;
const SIGNATURE_CHARS = 86;

type ClaimedPeers = Pick<Accounts, 'claimPeer' | 'releasePeer' | 'peersOf' | 'ownerOf'>;

export function createClaimedPeers(db: Database, clock: () => Date, remembered: Remembered): ClaimedPeers {
  const change = (work: (transaction: Database) => Promise<void>): Promise<void> =>
    remembered.changing(() => db.transaction(work));
  return {
    async claimPeer(account, shown, asker) {
      const peer = await provenPeer(account, shown);
      await change(async (transaction) => {
        await lockAccount(transaction, account);
        await asker?.confirm(transaction);
        await keepClaim(transaction, { account, peer, claimedAt: clock() });
      });
      return peer;
    },

    async releasePeer(account, peer, asker) {
      await change(async (transaction) => {
        await asker?.confirm(transaction);
        await transaction
          .delete(accountPeers)
          .where(and(eq(accountPeers.peer, peer), eq(accountPeers.account, account)));
      });
    },

    async peersOf(account) {
      const peers = await remembered.read(`peers:${account}`, async () => {
        const rows = await db
          .select({ peer: accountPeers.peer })
          .from(accountPeers)
          .where(eq(accountPeers.account, account))
          .orderBy(asc(accountPeers.claimedAt), asc(accountPeers.peer));
        return rows.map(({ peer }) => peer);
      });
      return [...(peers ?? [])];
    },

    ownerOf: (peer) => ownerOf(db, peer),
  };
}

/** Throws `not-authentic`. Lengths are looked at first: the rest is work per character. */
async function provenPeer(account: AccountId, shown: Claim): Promise<PeerId> {
  if (shown.publicKey.length !== PUBLIC_KEY_CHARS || shown.signature.length !== SIGNATURE_CHARS) {
    throw new PoolError('not-authentic', 'The claim has no public key or no signature.');
  }
  const peer = await Promise.resolve()
    .then(() => peerIdOf(fromBase64Url(shown.publicKey)))
    .catch((cause) => {
      throw new PoolError('not-authentic', 'The claim’s public key is none.', { cause });
    });
  return verifyText(shown, claimText(shown.host, account, peer));
}

/** With the account's row locked. Claiming one's own again changes nothing. */
async function keepClaim(
  transaction: Database,
  claim: { account: AccountId; peer: PeerId; claimedAt: Date },
): Promise<void> {
  if ((await ownerOf(transaction, claim.peer)) === claim.account) return;
  const [held] = await transaction
    .select({ peers: count() })
    .from(accountPeers)
    .where(eq(accountPeers.account, claim.account));
  if ((held?.peers ?? 0) >= MAX_PEERS) {
    throw new PoolError('conflict', `An account has ${MAX_PEERS} devices at most: release one first.`);
  }
  // Two accounts that claim at once both found it free: the key of the table lets one in.
  const made = await transaction.insert(accountPeers).values(claim).onConflictDoNothing().returning();
  if (made.length === 0) throw new PoolError('conflict', 'This device belongs to another account.');
}

async function ownerOf(db: Database, peer: PeerId): Promise<AccountId | undefined> {
  const rows = await db.select({ account: accountPeers.account }).from(accountPeers).where(eq(accountPeers.peer, peer));
  return rows[0]?.account;
}
