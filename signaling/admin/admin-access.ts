// Who the server's owner is: whoever shows the one token, or a login that was opened with it. Hashes are kept and nothing else.
import { and, eq, gt, lte } from 'drizzle-orm';
import { hashSecret, isToken, newToken } from '../accounts/secrets.ts';
import type { Database } from '../db/open-database.ts';
import { isSameSecret } from '../http/is-same-secret.ts';
import { adminSessions, adminTokens } from './tables.ts';

const PURPOSE = 'owner';
const PREFIX = 'cpo-';
/** As long as a person's login. */
const SESSION_MS = 30 * 24 * 3600 * 1000;

export interface AdminAccess {
  /** A token, if there was none: shown this once. */
  ensureToken(): Promise<string | undefined>;
  /** Another token; the one before opens nothing any more, and no login that it opened. */
  renewToken(): Promise<string>;
  /** Takes as long for a wrong token as for the right one. */
  isOwner(token: string): Promise<boolean>;
  openSession(): Promise<{ session: string; expiresAt: Date }>;
  isSession(session: string): Promise<boolean>;
  endSession(session: string): Promise<void>;
}

export function createAdminAccess(db: Database, clock: () => Date = () => new Date()): AdminAccess {
  const make = (): { token: string; row: typeof adminTokens.$inferInsert } => {
    const token = `${PREFIX}${newToken()}`;
    return { token, row: { purpose: PURPOSE, tokenHash: hashSecret(token), createdAt: clock() } };
  };
  return {
    async ensureToken() {
      const { token, row } = make();
      const made = await db.insert(adminTokens).values(row).onConflictDoNothing().returning();
      return made.length === 0 ? undefined : token;
    },

    async renewToken() {
      const { token, row } = make();
      await db.transaction(async (transaction) => {
        await transaction.delete(adminSessions);
        await transaction.insert(adminTokens).values(row).onConflictDoUpdate({ target: adminTokens.purpose, set: row });
      });
      return token;
    },

    async isOwner(token) {
      const [kept] = await db.select().from(adminTokens).where(eq(adminTokens.purpose, PURPOSE));
      // Compared as hashes, and all of it: where no token is kept no text has this hash.
      return isSameSecret(hashSecret(token), kept?.tokenHash ?? '');
    },

    async openSession() {
      const session = newToken();
      const now = clock();
      const expiresAt = new Date(now.getTime() + SESSION_MS);
      await db.delete(adminSessions).where(lte(adminSessions.expiresAt, now));
      await db.insert(adminSessions).values({ tokenHash: hashSecret(session), createdAt: now, expiresAt });
      return { session, expiresAt };
    },

    async isSession(session) {
      if (!isToken(session)) return false;
      const isGood = and(eq(adminSessions.tokenHash, hashSecret(session)), gt(adminSessions.expiresAt, clock()));
      return (await db.select({ hash: adminSessions.tokenHash }).from(adminSessions).where(isGood)).length > 0;
    },

    async endSession(session) {
      await db.delete(adminSessions).where(eq(adminSessions.tokenHash, hashSecret(session)));
    },
  };
}
