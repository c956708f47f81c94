import { eq } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../db/open-database.ts';
import { createAccounts } from './create-accounts.ts';
import { accounts } from './tables.ts';
import { PASSWORD } from './test-account.ts';

const FEWEST_ROUNDS = 3;
/** On a machine that does other things the least comes late. */
const MOST_ROUNDS = 40;
const TIMEOUT_MS = 10 * 60_000;

describe('the time of a refusal', () => {
  test('G16: does not tell whether somebody has the name', { timeout: TIMEOUT_MS }, async () => {
    // Hashing is what takes the time: it is the same on every database.
    const { db, close } = await openDatabase({ memory: true });
    onTestFinished(close);
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
    // The least of several counts: what else this machine does only adds. Without the work for nobody it stays a hundredth.
    const least = new Map(['known', 'unknown', 'no name', 'early'].map((name) => [name, Number.POSITIVE_INFINITY]));
    const isAlike = (): boolean => Math.max(...least.values()) < 2 * Math.min(...least.values());
    for (let round = 0; round < FEWEST_ROUNDS || (round < MOST_ROUNDS && !isAlike()); round += 1) {
      for (const [name, ms] of least) least.set(name, Math.min(ms, await msOf(name)));
    }
    expect(isAlike(), JSON.stringify([...least])).toBe(true);
  });
});
