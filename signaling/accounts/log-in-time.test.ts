import { expect, test } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createAccounts } from './create-accounts.ts';
import { PASSWORD } from './test-account.ts';

const median = (values: number[]): number => values.sort((left, right) => left - right)[values.length >> 1] ?? 0;

forEachDatabase('the time of a refusal', (open) => {
  test('does not tell whether somebody has the name', { timeout: OPEN_TIMEOUT_MS }, async () => {
    const people = createAccounts((await open()).db);
    await people.register({ name: 'known', password: PASSWORD });
    const msOf = async (name: string): Promise<number> => {
      const startedAt = performance.now();
      await people.logIn({ name, password: 'wrong horse' }).catch(() => {});
      return performance.now() - startedAt;
    };
    const times = { known: [] as number[], unknown: [] as number[], 'no name': [] as number[] };
    // In turns, so that whatever else this machine does falls on all alike.
    for (let round = 0; round < 7; round += 1) {
      for (const [name, list] of Object.entries(times)) list.push(await msOf(name));
    }
    const [known, unknown, noName] = Object.values(times).map(median) as [number, number, number];
    // Without the work for nobody it would be a hundredth.
    for (const ratio of [unknown / known, noName / known]) {
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
  });
});
