// Accounts as the server's owner lists them: a page by name, with what each has. Reads only.
import { and, asc, count, eq, gt, inArray, like } from 'drizzle-orm';
import type { AdminAccount } from '../../protocol/http/admin.ts';
import { accountPeers, accounts } from '../accounts/tables.ts';
import type { Database } from '../db/open-database.ts';
import { type AccountId, accountOwner, readOwner } from '../ledger/owner.ts';
import { balances } from '../ledger/tables.ts';

export interface AccountsPage {
  /** Part of a name. */
  q?: string | undefined;
  limit: number;
  /** The last name of the page before. */
  after?: string | undefined;
}

type Listed = Omit<AdminAccount, 'ban'> & { ban: { reason: string; at: Date } | null };

export async function listAccounts(db: Database, { q, limit, after }: AccountsPage): Promise<Listed[]> {
  // Names have small letters, digits, “-” and “_”, and the last is LIKE's own.
  const part = q?.toLowerCase().replaceAll(/[\\%_]/g, '\\$&');
  const isMeant = and(
    part ? like(accounts.name, `%${part}%`) : undefined,
    after ? gt(accounts.name, after) : undefined,
  );
  const rows = await db.select().from(accounts).where(isMeant).orderBy(asc(accounts.name)).limit(limit);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const owners = ids.map(accountOwner);
  const [amounts, peers] = await Promise.all([
    db.select().from(balances).where(inArray(balances.owner, owners)),
    db
      .select({ account: accountPeers.account, peers: count() })
      .from(accountPeers)
      .where(inArray(accountPeers.account, ids))
      .groupBy(accountPeers.account),
  ]);
  const amountOf = (id: AccountId, bucket: string): number =>
    amounts.find((each) => each.owner === accountOwner(id) && each.bucket === bucket)?.amount ?? 0;
  return rows.map(({ id, name, createdAt, bannedAt, banReason }) => ({
    ...{ id, name, createdAt, availableMicros: amountOf(id, 'available'), heldMicros: amountOf(id, 'held') },
    peers: peers.find(({ account }) => account === id)?.peers ?? 0,
    ban: bannedAt && banReason !== null ? { reason: banReason, at: bannedAt } : null,
  }));
}

export interface NamedAccount {
  id: string;
  name: string;
}

/** Whose accounts these payers are, as far as they are accounts that are there. */
export async function accountsOfPayers(db: Database, payers: readonly string[]): Promise<Map<string, NamedAccount>> {
  const ids = payers.flatMap((payer) => {
    const owner = readOwner(payer as Parameters<typeof readOwner>[0]);
    return owner.kind === 'account' ? [owner.account] : [];
  });
  if (ids.length === 0) return new Map();
  const { id, name } = accounts;
  const rows = await db
    .select({ id, name })
    .from(accounts)
    .where(inArray(id, [...new Set(ids)]));
  return new Map(rows.map((row) => [accountOwner(row.id), row]));
}

/** Which accounts these peers earn for. */
export async function accountsOfPeers(
  db: Database,
  peers: readonly (typeof accountPeers.$inferSelect)['peer'][],
): Promise<Map<string, NamedAccount>> {
  if (peers.length === 0) return new Map();
  const rows = await db
    .select({ peer: accountPeers.peer, id: accounts.id, name: accounts.name })
    .from(accountPeers)
    .innerJoin(accounts, eq(accounts.id, accountPeers.account))
    .where(inArray(accountPeers.peer, [...peers]));
  return new Map(rows.map(({ peer, id, name }) => [peer, { id, name }]));
}
