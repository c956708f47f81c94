import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createAccounts } from './create-accounts.ts';
import { newDevice, signClaim } from './test-account.ts';

forEachDatabase('what is kept', (open) => {
  test('no row of any table has a password, a token or a key', { timeout: OPEN_TIMEOUT_MS }, async () => {
    const { db } = await open();
    const people = createAccounts(db);
    const password = 'a password that is easy to find';
    const account = await people.register({ name: 'ada', password });
    const { token } = await people.logIn({ name: 'ada', password });
    const { key } = await people.createKey(account.id, 'a label that is kept');
    await people.byKey(key);
    const device = await newDevice();
    await people.claimPeer(account.id, await signClaim(account.id, device));
    const rowsOf = async (query: ReturnType<typeof sql>) =>
      ((await db.execute(query)) as unknown as { rows: Record<string, string>[] }).rows;
    const tables = await rowsOf(
      sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    let kept = '';
    for (const { name = '' } of tables) {
      const rows = await rowsOf(sql`select row_to_json(t)::text as line from ${sql.identifier(name)} t`);
      kept += rows.map(({ line }) => line).join('\n');
    }
    // The scan sees what is there.
    for (const known of [account.id, 'ada', 'a label that is kept', key.slice(0, 9), device.peer]) {
      expect(kept).toContain(known);
    }
    for (const secret of [password, token, key, key.slice(3), key.slice(9)]) {
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
        expect(kept).not.toContain(Buffer.from(secret).toString(encoding));
      }
    }
    for (const secret of [token, key.slice(3)]) {
      const bytes = Buffer.from(secret, 'base64url');
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(kept).not.toContain(bytes.toString(encoding));
      }
    }
  });
});
