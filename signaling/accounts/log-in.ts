// Names, passwords and sessions. Never keeps or logs a password or a token: hashes go to the database.

import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { hashPassword, isPassword } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import { hashSecret, isToken, newId, newToken } from './secrets.ts';
import { accountSessions, accounts } from './tables.ts';

/** Letters are ASCII, so that lowercase means one thing and no two names look alike. */
const NAME_PATTERN = /^[A-Za-z0-9_-]{3,32}$/;
const MIN_PASSWORD_CHARS = 8;
/** A longer one is no safer, and hashing it is work that anybody can ask for. */
const MAX_PASSWORD_CHARS = 200;

const SESSION_MS = 30 * 24 * 3600 * 1000;

/** More than anybody has browsers; the oldest ends first. */
const MAX_SESSIONS = 64;

type LogIn = Pick<Accounts, 'register' | 'logIn' | 'logOut' | 'bySession'>;

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

    async bySession(token) {
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
  if (!NAME_PATTERN.test(entry.name)) {
    throw new PoolError('bad-request', 'A name has 3 to 32 letters (a-z), digits, “-” or “_”.');
  }
  if (entry.password.length < MIN_PASSWORD_CHARS || entry.password.length > MAX_PASSWORD_CHARS) {
    throw new PoolError('bad-request', `A password has ${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters.`);
  }
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
  const rows = NAME_PATTERN.test(name)
    ? await db.select().from(accounts).where(eq(accounts.name, name.toLowerCase()))
    : [];
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
