import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { expect, test } from 'vitest';
import { DURABLE_PARAMS, flushFiles } from './durable-pglite.ts';
import { openDatabase } from './open-database.ts';
import { PatientPglite } from './patient-pglite.ts';
import { OPEN_TIMEOUT_MS } from './test-databases.ts';

const fsyncOf = async (db: { execute(query: ReturnType<typeof sql>): Promise<unknown> }): Promise<unknown> =>
  ((await db.execute(sql`show fsync`)) as { rows: { fsync: string }[] }).rows[0]?.fsync;

test('a database that money is written to flushes what it has committed, and every other one does not', {
  timeout: OPEN_TIMEOUT_MS,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-durable-'));
  try {
    for (const isDurable of [true, false]) {
      const { db, close } = await openDatabase({ dataDir }, { isDurable });
      expect(await fsyncOf(db)).toBe(isDurable ? 'on' : 'off');
      await close();
    }
    const client = new PatientPglite({ dataDir, startParams: DURABLE_PARAMS });
    await client.waitReady;
    const flushed: number[] = [];
    flushFiles(client, (file) => void flushed.push(file));
    const db = drizzle(client);
    await db.execute(sql`create table notes (text text)`);
    const before = flushed.length;
    await db.execute(sql`insert into notes values ('paid')`);
    expect(flushed.length).toBeGreaterThan(before);
    flushFiles(client);
    await client.close();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
