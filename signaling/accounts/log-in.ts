// Names and logins: opened, looked up, ended by their own browser. Never keeps or logs a password or a token: hashes go to the
// database.

import { and, desc, eq, gt, inArray, lt, lte } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import { nameProblem, passwordProblem } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { refuseBanned } from './bans.ts';
import { type Checked, checkPassword } from './check-password.ts';
import type { Passwords } from './hash-password.ts';
import { lockAccount } from './lock-account.ts';
import { nameDevice } from './name-device.ts';
import { hashSecret, isToken, newId, newToken } from './secrets.ts';
import { accountSessions, accounts } from './tables.ts';

const SESSION_MS = 30 * 24 * 3600 * 1000;

/** More than anybody has browsers; the oldest ends first. */
const MAX_SESSIONS = 64;

/** As for keys: a write per request would cost more than the request. */
const NOTE_USE_MS = 60_000;

type LogIn = Pick<Accounts, 'register' | 'logIn' | 'logOut' | 'byLogin'>;

const ACCOUNT = { id: accounts.id, name: accounts.name, createdAt: accounts.createdAt };

export function createLogIn(db: Database, clock: () => Date, passwords: Passwords): LogIn {
  return {
    register: (entry, place, admit) => register(db, entry, { passwords, place, admit, now: clock() }),

    async logIn({ name, password }, { device = nameDevice(undefined), place } = {}) {
      for (;;) {
        const checked = await checkPassword({ db, passwords }, { name }, password, place);
        if (!checked) throw new PoolError('not-logged-in', 'The name or the password is wrong.');
        // Told to nobody but who knows the password.
        refuseBanned(checked);
        const renewed = passwords.isOutdated(checked.passwordHash) ? await passwords.hash(password, place) : undefined;
        const session = await startSession(db, checked, { renewed, device, now: clock() });
        // Another hash since: the password is checked against that one.
        if (session) return { account: checked.account, ...session };
      }
    },

    async logOut(token) {
      if (isToken(token)) await db.delete(accountSessions).where(eq(accountSessions.tokenHash, hashSecret(token)));
    },

    async byLogin(token) {
      if (!isToken(token)) return undefined;
      const now = clock();
      const tokenHash = hashSecret(token);
      const isGood = and(eq(accountSessions.tokenHash, tokenHash), gt(accountSessions.expiresAt, now));
      const [found] = await db
        .select({
          account: ACCOUNT,
          login: { id: accountSessions.id, provedAt: accountSessions.provedAt },
          lastSeenAt: accountSessions.lastSeenAt,
          banReason: accounts.banReason,
        })
        .from(accountSessions)
        .innerJoin(accounts, eq(accounts.id, accountSessions.account))
        .where(isGood);
      if (!found) return undefined;
      refuseBanned(found);
      const { account, login, lastSeenAt } = found;
      await noteSeen(db, { id: login.id, lastSeenAt }, now);
      return { account, login, confirm: (transaction: Database = db) => requireToken(transaction, tokenHash) };
    },
  };
}

/**
 * By the token and not by the login's id, which a new password leaves as it is. Within a transaction the token counts until
 * that ends. Throws `not-logged-in`.
 */
async function requireToken(transaction: Database, tokenHash: string): Promise<void> {
  const found = await transaction
    .select({ id: accountSessions.id })
    .from(accountSessions)
    .where(eq(accountSessions.tokenHash, tokenHash))
    .for('key share');
  if (found.length === 0) throw new PoolError('not-logged-in', 'This login has ended.');
}

interface Registering {
  passwords: Passwords;
  place: string | undefined;
  admit: Parameters<Accounts['register']>[2];
  now: Date;
}

async function register(
  db: Database,
  entry: { name: string; password: string },
  { passwords, place, admit, now }: Registering,
): Promise<Account> {
  const problem = nameProblem(entry.name) ?? passwordProblem(entry.password);
  if (problem) throw new PoolError('bad-request', problem);
  await admit?.();
  const name = entry.name.toLowerCase();
  const taken = new PoolError('conflict', 'This name is taken.');
  // Spares the hash where the answer is known; what decides is the insert.
  if ((await db.select(ACCOUNT).from(accounts).where(eq(accounts.name, name))).length > 0) throw taken;
  const passwordHash = await passwords.hash(entry.password, place);
  const account = { id: newId() as AccountId, name, createdAt: now };
  await db.transaction(async (transaction) => {
    const made = await transaction
      .insert(accounts)
      .values({ ...account, passwordHash })
      .onConflictDoNothing()
      .returning({ id: accounts.id });
    if (made.length === 0) throw taken;
    await admit?.(transaction);
  });
  return account;
}

/**
 * Takes the chance to forget the account's sessions that are over or too many. Undefined when the account has another
 * password by now: a login that was under way when it changed must not outlive the change.
 */
async function startSession(
  db: Database,
  { account, passwordHash }: Checked,
  { renewed, device, now }: { renewed: string | undefined; device: string; now: Date },
): Promise<{ token: string; expiresAt: Date } | undefined> {
  const token = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  return db.transaction(async (transaction) => {
    await lockAccount(transaction, account.id);
    const isOwn = eq(accounts.id, account.id);
    const [present] = await transaction.select({ hash: accounts.passwordHash }).from(accounts).where(isOwn);
    if (present?.hash !== passwordHash) return undefined;
    if (renewed !== undefined) await transaction.update(accounts).set({ passwordHash: renewed }).where(isOwn);
    const own = eq(accountSessions.account, account.id);
    await transaction.delete(accountSessions).where(and(own, lte(accountSessions.expiresAt, now)));
    const tooMany = transaction
      .select({ tokenHash: accountSessions.tokenHash })
      .from(accountSessions)
      .where(own)
      .orderBy(desc(accountSessions.createdAt))
      .offset(MAX_SESSIONS - 1);
    await transaction.delete(accountSessions).where(inArray(accountSessions.tokenHash, tooMany));
    const times = { createdAt: now, provedAt: now, lastSeenAt: now, expiresAt };
    const session = { tokenHash: hashSecret(token), id: newId(), account: account.id, device };
    await transaction.insert(accountSessions).values({ ...session, ...times });
    return { token, expiresAt };
  });
}

/** The condition is in the statement too: of many requests at once, one writes. */
async function noteSeen(db: Database, { id, lastSeenAt }: { id: string; lastSeenAt: Date }, now: Date): Promise<void> {
  const before = new Date(now.getTime() - NOTE_USE_MS);
  if (lastSeenAt > before) return;
  await db
    .update(accountSessions)
    .set({ lastSeenAt: now })
    .where(and(eq(accountSessions.id, id), lt(accountSessions.lastSeenAt, now)));
}
