// What a person does about the logins of an account: shows the password once more, changes it, lists them, ends them. Whatever
// ends a login says what becomes of the keys that it made. Never keeps or logs a password or a token.

import { and, desc, eq, gt, ne } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import { passwordProblem } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { checkPassword } from './check-password.ts';
import type { Passwords } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import type { Remembered } from './remembered.ts';
import { hashSecret, newToken } from './secrets.ts';
import { accountSessions, accounts, apiKeys } from './tables.ts';

type ManageLogins = Pick<Accounts, 'proveLogin' | 'changePassword' | 'listLogins' | 'endLogin' | 'endLogins'>;

const wrong = (): PoolError => new PoolError('login-again', 'This password is wrong.');

export function createManageLogins(
  db: Database,
  clock: () => Date,
  passwords: Passwords,
  remembered: Remembered,
): ManageLogins {
  const change = <T>(work: (transaction: Database) => Promise<T>): Promise<T> =>
    remembered.changing(() => db.transaction(work));
  return {
    async proveLogin(account, { login, confirm }, password, place) {
      const checked = await checkPassword({ db, passwords }, { id: account }, password, place);
      if (!checked) throw wrong();
      await db.transaction(async (transaction) => {
        await lockAccount(transaction, account);
        await confirm(transaction);
        await transaction
          .update(accountSessions)
          .set({ provedAt: clock() })
          .where(and(eq(accountSessions.id, login), eq(accountSessions.account, account)));
      });
    },

    async changePassword(account, { login, confirm }, { oldPassword, newPassword, keysToo = false }, place) {
      const problem = passwordProblem(newPassword);
      if (problem) throw new PoolError('bad-request', problem, { data: { param: 'newPassword' } });
      const checked = await checkPassword({ db, passwords }, { id: account }, oldPassword, place);
      if (!checked) throw wrong();
      const passwordHash = await passwords.hash(newPassword, place);
      // Whoever has a copy of this browser's cookie is left with one that opens nothing.
      const token = newToken();
      return change(async (transaction) => {
        await lockAccount(transaction, account);
        await confirm(transaction);
        const changed = await transaction
          .update(accounts)
          .set({ passwordHash })
          .where(and(eq(accounts.id, account), eq(accounts.passwordHash, checked.passwordHash)))
          .returning({ id: accounts.id });
        const own = eq(accountSessions.account, account);
        const [kept] = await transaction
          .update(accountSessions)
          .set({ tokenHash: hashSecret(token), provedAt: clock() })
          .where(and(own, eq(accountSessions.id, login)))
          .returning({ expiresAt: accountSessions.expiresAt });
        if (changed.length === 0 || !kept) {
          throw new PoolError('conflict', 'The password was changed, or this login ended, while this was under way.');
        }
        await transaction.delete(accountSessions).where(and(own, ne(accountSessions.id, login)));
        return { token, expiresAt: kept.expiresAt, revoked: keysToo ? await revokeKeys(transaction, account) : [] };
      });
    },

    async listLogins(account) {
      const { id, device, createdAt, lastSeenAt } = accountSessions;
      return db
        .select({ id, device, createdAt, lastSeenAt })
        .from(accountSessions)
        .where(and(eq(accountSessions.account, account), gt(accountSessions.expiresAt, clock())))
        .orderBy(desc(lastSeenAt), desc(id));
    },

    endLogin: (account, login, { keysToo = false } = {}, asker) =>
      change(async (transaction) => {
        await lockAccount(transaction, account);
        await asker?.confirm(transaction);
        const ended = await transaction
          .delete(accountSessions)
          .where(and(eq(accountSessions.account, account), eq(accountSessions.id, login)))
          .returning({ id: accountSessions.id });
        if (ended.length === 0) throw new PoolError('not-found', 'This account has no such login.');
        return keysToo ? revokeKeys(transaction, account, login) : [];
      }),

    endLogins: (account, { keysToo = false } = {}, asker) =>
      change(async (transaction) => {
        await lockAccount(transaction, account);
        await asker?.confirm(transaction);
        await transaction.delete(accountSessions).where(eq(accountSessions.account, account));
        return keysToo ? revokeKeys(transaction, account) : [];
      }),
  };
}

/** Those that one login made, or all of the account: a login that ended before may have made some. Resolves to their ids. */
export async function revokeKeys(transaction: Database, account: AccountId, login?: string): Promise<string[]> {
  const isMeant = login === undefined ? undefined : eq(apiKeys.login, login);
  const gone = await transaction
    .delete(apiKeys)
    .where(and(eq(apiKeys.account, account), isMeant))
    .returning({ id: apiKeys.id });
  return gone.map(({ id }) => id);
}
