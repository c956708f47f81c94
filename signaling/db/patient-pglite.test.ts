import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { expect, it } from 'vitest';
import { PatientPglite } from './patient-pglite.ts';
import { OPEN_TIMEOUT_MS } from './test-databases.ts';

it('lets the thread go after each statement, also within a transaction', { timeout: OPEN_TIMEOUT_MS }, async () => {
  const client = new PatientPglite();
  const db = drizzle(client);
  await db.execute(sql`create table numbers (value int)`);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await db.transaction(async (tx) => {
    for (let value = 0; value < 10; value++) await tx.execute(sql`insert into numbers values (${value})`);
  });
  const after = turns;
  isOver = true;
  // Ten, and the transaction's begin and end.
  expect(after).toBeGreaterThanOrEqual(11);
  await expect(db.transaction(async (tx) => tx.execute(sql`select nothing from nowhere`))).rejects.toThrow();
  expect((await db.execute(sql`select count(*)::int as n from numbers`)).rows).toEqual([{ n: 10 }]);
  await client.close();
});
