// A new password for whoever forgot the one of before: by a link that the server's owner makes, which counts once and for a day. Never
// keeps or logs a password or a link.
import { and, eq, gt } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import { passwordProblem } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { Accounts } from './account-types.ts';
import type { Passwords } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import { revokeKeys } from './manage-logins.ts';
import type { Remembered } from './remembered.ts';
import { hashSecret, isToken, newToken } from './secrets.ts';
import { accountSessions, accounts, passwordResets } from './tables.ts';

const LINK_MS = 24 * 3600 * 1000;

type PasswordResets = Pick<Accounts, 'makeReset' | 'resetPassword'>;

const useless = (): PoolError => new PoolError('not-found', 'This link was used, has ended, or was never made.');

export function createPasswordResets(
  db: Database,
  clock: () => Date,
  passwords: Passwords,
  remembered: Remembered,
): PasswordResets {
  const isGood = (token: string) =>
    and(eq(passwordResets.tokenHash, hashSecret(token)), gt(passwordResets.expiresAt, clock()));
  return {
    async makeReset(account) {
      const token = newToken();
      const row = { account, tokenHash: hashSecret(token), expiresAt: new Date(clock().getTime() + LINK_MS) };
      await db.transaction(async (transaction) => {
        await lockAccount(transaction, account);
        await transaction
          .insert(passwordResets)
          .values(row)
          .onConflictDoUpdate({ target: passwordResets.account, set: row });
      });
      return { token, expiresAt: row.expiresAt };
    },

    async resetPassword({ token, newPassword, keysToo = false }, place) {
      const problem = passwordProblem(newPassword);
      if (problem) throw new PoolError('bad-request', problem, { data: { param: 'newPassword' } });
      // Spares the hash where the answer is known; what decides is the deletion.
      if (!isToken(token) || (await db.$count(passwordResets, isGood(token))) === 0) throw useless();
      const passwordHash = await passwords.hash(newPassword, place);
      return remembered.changing(() =>
        db.transaction(async (transaction) => {
          const [used] = await transaction.delete(passwordResets).where(isGood(token)).returning();
          if (!used) throw useless();
          await lockAccount(transaction, used.account);
          await transaction.update(accounts).set({ passwordHash }).where(eq(accounts.id, used.account));
          await transaction.delete(accountSessions).where(eq(accountSessions.account, used.account));
          return keysToo ? revokeKeys(transaction, used.account) : [];
        }),
      );
    },
  };
}
