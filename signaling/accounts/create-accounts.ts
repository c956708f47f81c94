// The door of accounts: names and logins, API keys, claimed peers. No HTTP and no cookie; limits per network address
// are the API's.
import type { Database } from '../db/open-database.ts';
import type { Accounts } from './account-types.ts';
import { createApiKeys } from './api-keys.ts';
import { createClaimedPeers } from './claimed-peers.ts';
import { createPasswords } from './hash-password.ts';
import { createLogIn } from './log-in.ts';
import { createManageLogins } from './manage-logins.ts';

/** Several servers may do this on one database at once. `clock`: for tests of what expires; `passwords`: of all else. */
export function createAccounts(
  db: Database,
  clock: () => Date = () => new Date(),
  passwords = createPasswords(),
): Accounts {
  return {
    ...createLogIn(db, clock, passwords),
    ...createManageLogins(db, clock, passwords),
    ...createApiKeys(db, clock),
    ...createClaimedPeers(db, clock),
  };
}
