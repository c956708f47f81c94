// A server that starts anew cleans up what one that died left behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JobId } from '../protocol/ids.ts';
import { openDatabase } from './db/open-database.ts';
import { createLedger } from './ledger/create-ledger.ts';
import { type AccountId, accountOwner } from './ledger/owner.ts';
import { startServer } from './start-server.ts';

it('gives back at once what was set aside for a job that has no row yet', { timeout: 180_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'computepool-platform-'));
  try {
    const database = { dataDir: join(root, 'data') };
    const payer = accountOwner('ann' as AccountId);
    const before = await openDatabase(database);
    const ledger = createLedger(before.db, { welcomeMicros: 500, welcomesPerAddressPerDay: 1 });
    await ledger.welcome(payer, 'an address');
    const expiresAt = new Date(Date.now() + 3_600_000);
    await ledger.hold({ job: 'job_without_row' as JobId, payer, amountMicros: 200, expiresAt });
    await before.close();
    const server = await startServer({ logger: 'silent', database });
    await server.close();
    const after = await openDatabase(database);
    const seen = createLedger(after.db, { welcomeMicros: 0, welcomesPerAddressPerDay: 0 });
    const balance = await seen.balanceOf(payer);
    const { openHolds } = await seen.totals();
    await after.close();
    expect(balance).toMatchObject({ availableMicros: 500, heldMicros: 0 });
    expect(openHolds).toBe(0);
  } finally {
    rmSync(root, { recursive: true });
  }
});
