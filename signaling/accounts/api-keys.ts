// API keys of accounts. A key is shown when it is made and never again; what is kept is its hash.
import { and, asc, count, eq, isNull, lt, or } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import { MAX_LABEL_CHARS } from '../../protocol/http/credentials.ts';
import type { Database } from '../db/open-database.ts';
import type { KeyHolder } from '../http/api-types.ts';
import type { Accounts } from './account-types.ts';
import { refuseBanned } from './bans.ts';
import { lockAccount } from './lock-account.ts';
import { REMEMBER_MS, type Remembered } from './remembered.ts';
import { hashSecret, isId, isKey, newId, newKey, prefixOf } from './secrets.ts';
import { accounts, apiKeys } from './tables.ts';

/** One per program that somebody runs; the list stays readable. */
const MAX_KEYS = 20;

/** A write per request would cost more than the request; a minute is near enough for a list. */
const NOTE_USE_MS = REMEMBER_MS;

/** Control characters would be refused by PostgreSQL (NUL) or by eyes; half a surrogate pair is no text. */
const NOT_IN_LABEL = /[\p{Cc}\p{Cs}]/u;

type ApiKeys = Pick<Accounts, 'byKey' | 'createKey' | 'listKeys' | 'revokeKey'>;

export function createApiKeys(db: Database, clock: () => Date, remembered: Remembered): ApiKeys {
  const findHolder = async (
    keyHash: string,
    isSure: (holder: KeyHolder) => boolean,
  ): Promise<KeyHolder | undefined> => {
    const [found] = await db
      .select({ account: accounts, id: apiKeys.id, lastUsedAt: apiKeys.lastUsedAt })
      .from(apiKeys)
      .innerJoin(accounts, eq(accounts.id, apiKeys.account))
      .where(eq(apiKeys.keyHash, keyHash));
    if (!found) return undefined;
    refuseBanned(found.account);
    await noteUse(db, found, clock());
    const { id, name, createdAt } = found.account;
    const holder: KeyHolder = {
      account: { id, name, createdAt },
      key: found.id,
      async confirm(transaction) {
        // What is written for good asks where nobody can change it meanwhile.
        if (transaction || !isSure(holder)) await requireKey(transaction ?? db, found.id);
      },
    };
    return holder;
  };
  return {
    async byKey(key) {
      if (!isKey(key)) return undefined;
      const keyHash = hashSecret(key);
      const place = `key:${keyHash}`;
      return remembered.read(place, () => findHolder(keyHash, (holder) => remembered.has(place, holder)));
    },

    async createKey(account, label, asker) {
      const clean = label.length <= 4 * MAX_LABEL_CHARS ? label.trim() : label;
      if (clean.length < 1 || clean.length > MAX_LABEL_CHARS || NOT_IN_LABEL.test(clean)) {
        throw new PoolError('bad-request', `A key’s label is one line of 1 to ${MAX_LABEL_CHARS} characters.`);
      }
      const key = newKey();
      const info = { id: newId(), label: clean, prefix: prefixOf(key), createdAt: clock() };
      await db.transaction(async (transaction) => {
        await lockAccount(transaction, account);
        await asker?.confirm(transaction);
        const [held] = await transaction.select({ keys: count() }).from(apiKeys).where(eq(apiKeys.account, account));
        if ((held?.keys ?? 0) >= MAX_KEYS) {
          throw new PoolError('conflict', `An account has ${MAX_KEYS} keys at most: revoke one first.`);
        }
        await transaction
          .insert(apiKeys)
          .values({ ...info, account, login: asker?.login ?? null, keyHash: hashSecret(key) });
      });
      return { ...info, key };
    },

    async listKeys(account) {
      const rows = await db
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.account, account))
        .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id));
      return rows.map(({ id, label, prefix, createdAt, lastUsedAt }) => ({
        id,
        label,
        prefix,
        createdAt,
        lastUsedAt: lastUsedAt ?? undefined,
      }));
    },

    async revokeKey(account, id, asker) {
      const remove = () =>
        db.transaction(async (transaction) => {
          await asker?.confirm(transaction);
          return transaction
            .delete(apiKeys)
            .where(and(eq(apiKeys.id, id), eq(apiKeys.account, account)))
            .returning({ id: apiKeys.id });
        });
      const gone = isId(id) ? await remembered.changing(remove) : [];
      if (gone.length === 0) throw new PoolError('not-found', 'This account has no such key.');
    },
  };
}

/** Within a transaction the key cannot be revoked before that ends. Throws `not-logged-in`. */
async function requireKey(transaction: Database, id: string): Promise<void> {
  const found = await transaction.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.id, id)).for('key share');
  if (found.length === 0) throw new PoolError('not-logged-in', 'This API key was revoked.');
}

/** The condition is in the statement too: of many requests at once, one writes. */
async function noteUse(db: Database, key: { id: string; lastUsedAt: Date | null }, now: Date): Promise<void> {
  const before = new Date(now.getTime() - NOTE_USE_MS);
  if (key.lastUsedAt && key.lastUsedAt > before) return;
  const isOld = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before));
  await db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, key.id), isOld));
}
