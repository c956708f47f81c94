// The end of an account, by whoever it is of. What it had goes back to the issuer, its name and all that it could be known by is erased;
// what moved stays in the ledger under an id that is nobody's any more.
import { eq } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { forfeitBalance } from '../ledger/forfeit-balance.ts';
import { accountOwner } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { checkPassword } from './check-password.ts';
import type { Passwords } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import type { Remembered } from './remembered.ts';
import { accounts } from './tables.ts';

export function createRemoveAccount(
  db: Database,
  clock: () => Date,
  passwords: Passwords,
  remembered: Remembered,
): Pick<Accounts, 'remove'> {
  return {
    async remove({ id, name }, { confirm }, shown, { place, erase }) {
      if (shown.name.toLowerCase() !== name) {
        const data = { param: 'name' };
        throw new PoolError('bad-request', 'This is not the name of the account.', { data });
      }
      const checked = await checkPassword({ db, passwords }, { id }, shown.password, place);
      if (!checked) throw new PoolError('login-again', 'This password is wrong.');
      return remembered.changing(() =>
        db.transaction(async (transaction) => {
          await lockAccount(transaction, id);
          await confirm(transaction);
          const returnedMicros = await forfeitBalance(transaction, accountOwner(id), clock());
          await erase(transaction);
          // Logins, keys, claims and a link for a new password go with the row.
          await transaction.delete(accounts).where(eq(accounts.id, id));
          return returnedMicros;
        }),
      );
    },
  };
}
