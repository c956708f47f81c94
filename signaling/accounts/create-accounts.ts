// The door of accounts: names and logins, API keys, claimed peers. No HTTP and no cookie; limits per network address
// are the API's.
import type { Database } from '../db/open-database.ts';
import type { Accounts } from './account-types.ts';
import { createApiKeys } from './api-keys.ts';
import { createBans } from './bans.ts';
import { createClaimedPeers } from './claimed-peers.ts';
import { createPasswords } from './hash-password.ts';
import { createLogIn } from './log-in.ts';
import { createManageLogins } from './manage-logins.ts';
import { createPasswordResets } from './password-resets.ts';
import { Remembered } from './remembered.ts';
import { createRemoveAccount } from './remove-account.ts';

/** For the one writer of a database: it remembers what it has read. `clock`: for tests of what expires; `passwords`: of all else. */
export function createAccounts(
  db: Database,
  clock: () => Date = () => new Date(),
  passwords = createPasswords(),
): Accounts {
  const remembered = new Remembered(clock);
  return {
    ...createLogIn(db, clock, passwords),
    ...createManageLogins(db, clock, passwords, remembered),
    ...createApiKeys(db, clock, remembered),
    ...createClaimedPeers(db, clock, remembered),
    ...createBans(db, clock, remembered),
    ...createPasswordResets(db, clock, passwords, remembered),
    ...createRemoveAccount(db, clock, passwords, remembered),
  };
}
