// Whether somebody knows an account's password. Keeps and logs none; how a hash is made is `hash-password.ts`.
import { eq } from 'drizzle-orm';
import { MAX_PASSWORD_CHARS, nameProblem } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Passwords } from './hash-password.ts';
import { accounts } from './tables.ts';

/** An account with the hash that a password was checked against. */
export interface Checked {
  account: Account;
  passwordHash: string;
  /** Null: it is not banned. */
  banReason: string | null;
}

/** Undefined for a wrong password; an unknown name costs the same. */
export async function checkPassword(
  { db, passwords }: { db: Database; passwords: Passwords },
  whose: { name: string } | { id: AccountId },
  password: string,
  place?: string,
): Promise<Checked | undefined> {
  // Nobody has such a password, whoever asks: this tells nothing about the name.
  if (password.length > MAX_PASSWORD_CHARS) return undefined;
  const isWhose =
    'id' in whose
      ? eq(accounts.id, whose.id)
      : nameProblem(whose.name) === undefined && eq(accounts.name, whose.name.toLowerCase());
  const [found] = isWhose ? await db.select().from(accounts).where(isWhose) : [];
  if (!(await passwords.isPassword(password, found?.passwordHash, place)) || !found) return undefined;
  const { passwordHash, banReason, id, name, createdAt } = found;
  return { account: { id, name, createdAt }, passwordHash, banReason };
}
