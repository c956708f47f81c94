// Names, passwords and sessions. Never keeps or logs a password or a token: hashes go to the database.

import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import { MAX_PASSWORD_CHARS, nameProblem, passwordProblem } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { hashPassword, isPassword } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import { hashSecret, isToken, newId, newToken } from './secrets.ts';
import { accountSessions, accounts } from './tables.ts';

const SESSION_MS = 30 * 24 * 3600 * 1000;

/** More than anybody has browsers; the oldest ends first. */
const MAX_SESSIONS = 64;

type LogIn = Pick<Accounts, 'register' | 'logIn' | 'logOut' | 'byLogin'>;

const ACCOUNT = { id: accounts.id, name: accounts.name, createdAt: accounts.createdAt };

export function createLogIn(db: Database, clock: () => Date): LogIn {
  return {
    register: (entry) => register(db, entry, clock()),

    async logIn({ name, password }) {
      const account = await authenticate(db, name, password);
      return { account, ...(await startSession(db, account.id, clock())) };
    },

    async logOut(token) {
      if (isToken(token)) await db.delete(accountSessions).where(eq(accountSessions.tokenHash, hashSecret(token)));
    },

    async byLogin(token) {
      if (!isToken(token)) return undefined;
      const isGood = and(eq(accountSessions.tokenHash, hashSecret(token)), gt(accountSessions.expiresAt, clock()));
      const rows = await db
        .select(ACCOUNT)
        .from(accountSessions)
        .innerJoin(accounts, eq(accounts.id, accountSessions.account))
        .where(isGood);
      return rows[0];
    },
  };
}

async function register(db: Database, entry: { name: string; password: string }, now: Date): Promise<Account> {
  const problem = nameProblem(entry.name) ?? passwordProblem(entry.password);
  if (problem) throw new PoolError('bad-request', problem);
  const name = entry.name.toLowerCase();
  const taken = new PoolError('conflict', 'This name is taken.');
  // Spares the hash where the answer is known; what decides is the insert.
  if ((await db.select(ACCOUNT).from(accounts).where(eq(accounts.name, name))).length > 0) throw taken;
  const passwordHash = await hashPassword(entry.password);
  const account = { id: newId() as AccountId, name, createdAt: now };
  const made = await db
    .insert(accounts)
    .values({ ...account, passwordHash })
    .onConflictDoNothing()
    .returning({ id: accounts.id });
  if (made.length === 0) throw taken;
  return account;
}

/** An unknown name costs the same hash as a wrong password. */
async function authenticate(db: Database, name: string, password: string): Promise<Account> {
  const refused = new PoolError('not-logged-in', 'The name or the password is wrong.');
  // Nobody has such a password, whoever asks: this tells nothing about the name.
  if (password.length > MAX_PASSWORD_CHARS) throw refused;
  const isName = nameProblem(name) === undefined;
  const rows = isName ? await db.select().from(accounts).where(eq(accounts.name, name.toLowerCase())) : [];
  const found = rows[0];
  if (!(await isPassword(password, found?.passwordHash)) || !found) throw refused;
  return { id: found.id, name: found.name, createdAt: found.createdAt };
}

/** Takes the chance to forget the account's sessions that are over or too many. */
async function startSession(db: Database, account: AccountId, now: Date): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await db.transaction(async (transaction) => {
    await lockAccount(transaction, account);
    const own = eq(accountSessions.account, account);
    await transaction.delete(accountSessions).where(and(own, lte(accountSessions.expiresAt, now)));
    const tooMany = transaction
      .select({ tokenHash: accountSessions.tokenHash })
      .from(accountSessions)
      .where(own)
      .orderBy(desc(accountSessions.createdAt))
      .offset(MAX_SESSIONS - 1);
    await transaction.delete(accountSessions).where(inArray(accountSessions.tokenHash, tooMany));
    await transaction
      .insert(accountSessions)
      .values({ tokenHash: hashSecret(token), account, createdAt: now, expiresAt });
  });
  return { token, expiresAt };
}
