// Names and checks for tests of the ledger.

import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Ledger } from './ledger-types.ts';
import { type AccountId, accountOwner, type OwnerId } from './owner.ts';

let made = 0;
const nextHex = (): string => {
  made += 1;
  return made.toString(16).padStart(32, '0');
};

/** Names that no test of this process had before. */
export const newJob = (): JobId => nextHex() as JobId;
export const newPeer = (): PeerId => nextHex() as PeerId;
export const newAccount = (): OwnerId => accountOwner(nextHex() as AccountId);

export const SOON = new Date('2100-01-01T00:00:00Z');

/** An owner with welcome credits, from an address of its own. */
export async function newOwner(ledger: Ledger): Promise<OwnerId> {
  const owner = newAccount();
  await ledger.welcome(owner, `address of ${owner}`);
  return owner;
}

/** What must hold at any moment, whatever happened. */
export async function expectSound(db: Database, ledger: Ledger): Promise<void> {
  const { availableMicros, heldMicros, issuedMicros } = await ledger.totals();
  expect(availableMicros + heldMicros).toBe(issuedMicros);
  const rowsOf = async (query: string): Promise<unknown[]> =>
    ((await db.execute(sql.raw(query))) as unknown as { rows: unknown[] }).rows;
  expect(await rowsOf('select event from ledger_entries group by event having sum(amount) <> 0')).toEqual([]);
  expect(await rowsOf("select * from balances where amount < 0 and owner <> 'issuer'")).toEqual([]);
  // Balances are nothing but the sums of entries.
  expect(
    await rowsOf(`select * from balances full join
      (select owner, bucket, sum(amount) as total from ledger_entries group by owner, bucket) as entries
      using (owner, bucket) where coalesce(amount, 0) <> coalesce(total, 0)`),
  ).toEqual([]);
  // What is held is what open holds say, owner by owner.
  expect(
    await rowsOf(`select * from (select owner, amount from balances where bucket = 'held') as held full join
      (select payer as owner, sum(amount) as total from holds where state = 'open' group by payer) as open
      using (owner) where coalesce(amount, 0) <> coalesce(total, 0)`),
  ).toEqual([]);
}
