// An account, a device and its claim, for tests of this folder.

import { claimText } from '../../protocol/claim.ts';
import { type Identity, identityOf, newIdentityKeys, signText } from '../../protocol/identity.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import { createPasswords } from './hash-password.ts';
import { newId } from './secrets.ts';
import { accounts } from './tables.ts';

export const PASSWORD = 'correct horse battery';

/** scrypt at a 128th of what a server asks: for tests of what is no matter of hashes. */
export const CHEAP = createPasswords({ logN: 10, blockSize: 8, parallelization: 1 });

let made = 0;
/** A name that no test had before. */
export function freshName(): string {
  made += 1;
  return `name-${made}`;
}

/** An account without a password: hashing one takes half a second, and nobody logs in to it. */
export async function insertAccount(db: Database, createdAt: Date): Promise<Account> {
  const account = { id: newId() as AccountId, name: freshName(), createdAt };
  await db.insert(accounts).values({ ...account, passwordHash: 'none' });
  return account;
}

export const newDevice = async (): Promise<Identity> => identityOf(await newIdentityKeys());

/** What the page of `device` shows to be counted to `account`. */
export const signClaim = async (
  account: AccountId,
  device: Identity,
  host = 'pool.example',
): Promise<{ host: string; publicKey: string; signature: string }> => ({
  host,
  publicKey: device.publicKey,
  signature: await signText(device.privateKey, claimText(host, account, device.peer)),
});

/** A clock that stands still until it is moved. */
export function stoppedClock(start = '2026-01-01T00:00:00Z'): { clock: () => Date; move: (ms: number) => void } {
  let nowMs = Date.parse(start);
  const move = (ms: number): void => {
    nowMs += ms;
  };
  return { clock: () => new Date(nowMs), move };
}
