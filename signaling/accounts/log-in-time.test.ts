import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createAccounts } from './create-accounts.ts';
import { accounts } from './tables.ts';
import { PASSWORD } from './test-account.ts';

const median = (values: number[]): number => values.sort((left, right) => left - right)[values.length >> 1] ?? 0;

forEachDatabase('the time of a refusal', (open) => {
  test('G16: does not tell whether somebody has the name', { timeout: OPEN_TIMEOUT_MS }, async () => {
    const { db } = await open();
    const people = createAccounts(db);
    await people.register({ name: 'known', password: PASSWORD });
    // A hash from a time when they cost less.
    const { id } = await people.register({ name: 'early', password: PASSWORD });
    const zeros = `${'A'.repeat(22)}$${'A'.repeat(43)}`;
    await db
      .update(accounts)
      .set({ passwordHash: `$scrypt$ln=15,r=8,p=1$${zeros}` })
      .where(eq(accounts.id, id));
    const msOf = async (name: string): Promise<number> => {
      const startedAt = performance.now();
      await people.logIn({ name, password: 'wrong horse' }).catch(() => {});
      return performance.now() - startedAt;
    };
    const times: Record<string, number[]> = { known: [], unknown: [], 'no name': [], early: [] };
    // In turns, so that whatever else this machine does falls on all alike.
    for (let round = 0; round < 4; round += 1) {
      for (const [name, list] of Object.entries(times)) list.push(await msOf(name));
    }
    const [known, ...others] = Object.values(times).map(median) as [number, ...number[]];
    // Without the work for nobody it would be a hundredth.
    for (const ratio of others.map((one) => one / known)) {
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
  });
});
