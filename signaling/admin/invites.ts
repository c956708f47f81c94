// Codes that open accounts where the server's owner asks for one. A code is shown when it is made and never again; what is kept is
// its hash.
import { randomBytes } from 'node:crypto';
import { and, desc, eq, gt, lt, lte, or, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { InviteTerms } from '../../protocol/http/admin.ts';
import { CODE_SIGN_COUNT, CODE_SIGNS, formatCode, readCode } from '../../protocol/http/invite.ts';
import { hashSecret, newId } from '../accounts/secrets.ts';
import type { Database } from '../db/open-database.ts';
import { invites } from './tables.ts';

/** Whoever wants more makes one for several. */
const MAX_INVITES = 500;
const DAY_MS = 24 * 3600 * 1000;
const PREFIX_CHARS = 4;

export type InviteInfo = Omit<typeof invites.$inferSelect, 'codeHash'>;

export interface Invites {
  /** Throws `conflict` at the most codes. */
  make(terms: InviteTerms): Promise<InviteInfo & { code: string }>;
  /** Those that still open an account, the last made first. */
  list(): Promise<InviteInfo[]>;
  /** Throws `not-found`. */
  end(id: string): Promise<void>;
  /** Throws `invite-required` for what opens no account now. */
  check(code: string | undefined): Promise<void>;
  /** One account fewer that it opens: within the transaction that makes the account. Throws `invite-required`. */
  take(transaction: Database, code: string | undefined): Promise<void>;
}

const INFO = {
  ...{ id: invites.id, note: invites.note, prefix: invites.prefix, uses: invites.uses, used: invites.used },
  ...{ createdAt: invites.createdAt, expiresAt: invites.expiresAt },
};

export function createInvites(db: Database, clock: () => Date = () => new Date()): Invites {
  const isGood = () => and(lt(invites.used, invites.uses), gt(invites.expiresAt, clock()));
  const isCode = (code: string | undefined) => {
    const signs = code === undefined ? undefined : readCode(code);
    if (signs === undefined) throw refused(code);
    return and(eq(invites.codeHash, hashSecret(signs)), isGood());
  };
  return {
    async make({ note, uses, days }) {
      const now = clock();
      const signs = newSigns();
      const info = {
        ...{ id: newId(), note: note.trim(), prefix: signs.slice(0, PREFIX_CHARS), uses, used: 0 },
        ...{ createdAt: now, expiresAt: new Date(now.getTime() + days * DAY_MS) },
      };
      await db.transaction(async (transaction) => {
        await transaction
          .delete(invites)
          .where(or(lte(invites.expiresAt, now), sql`${invites.used} >= ${invites.uses}`));
        if ((await transaction.$count(invites)) >= MAX_INVITES) {
          throw new PoolError('conflict', `There are ${MAX_INVITES} codes at most: end one first.`);
        }
        await transaction.insert(invites).values({ ...info, codeHash: hashSecret(signs) });
      });
      return { ...info, code: formatCode(signs) };
    },

    list: () => db.select(INFO).from(invites).where(isGood()).orderBy(desc(invites.createdAt), desc(invites.id)),

    async end(id) {
      const gone = await db.delete(invites).where(eq(invites.id, id)).returning({ id: invites.id });
      if (gone.length === 0) throw new PoolError('not-found', 'There is no such code.');
    },

    async check(code) {
      if ((await db.select({ id: invites.id }).from(invites).where(isCode(code))).length === 0) throw refused(code);
    },

    async take(transaction, code) {
      // The condition is in the statement: of two that come at once with the last use, one opens an account.
      const taken = await transaction
        .update(invites)
        .set({ used: sql`${invites.used} + 1` })
        .where(isCode(code))
        .returning({ id: invites.id });
      if (taken.length === 0) throw refused(code);
    },
  };
}

const refused = (code: string | undefined): PoolError =>
  new PoolError(
    'invite-required',
    code ? 'This invite code opens no account, or no more.' : 'An account here needs an invite code.',
    { data: { param: 'invite' } },
  );

const newSigns = (): string =>
  Array.from(randomBytes(CODE_SIGN_COUNT), (byte) => CODE_SIGNS[byte % CODE_SIGNS.length]).join('');
