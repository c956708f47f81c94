// A hold in one statement: the same as in turn, for whoever has both balances.
import { expect, test, vi } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createLedger } from './create-ledger.ts';
import { expectSound, newJob, newOwner, SOON } from './test-ledger.ts';

const GRANT = 100_000;

forEachDatabase('a hold in one statement', (open) => {
  test('is what a transaction makes of it, and what it cannot make is told as ever', {
    timeout: OPEN_TIMEOUT_MS,
  }, async () => {
    const { db } = await open();
    const ledger = createLedger(db, { welcomeMicros: GRANT, welcomesPerAddressPerDay: 1 });
    const payer = await newOwner(ledger);
    const inTurn = vi.spyOn(db, 'transaction');
    const hold = (amountMicros: number, job = newJob()) => ledger.hold({ job, payer, amountMicros, expiresAt: SOON });
    const counted = async (work: Promise<unknown>): Promise<[string, number]> => {
      inTurn.mockClear();
      const outcome = await work.then(
        () => 'held',
        (error: { code: string }) => error.code,
      );
      return [outcome, inTurn.mock.calls.length];
    };
    expect(await counted(hold(10)), 'nothing was held before').toEqual(['held', 1]);
    const job = newJob();
    expect(await counted(hold(20, job))).toEqual(['held', 0]);
    expect(await counted(hold(20, job)), 'the same again').toEqual(['held', 1]);
    expect(await counted(hold(21, job))).toEqual(['conflict', 1]);
    expect(await counted(hold(GRANT))).toEqual(['insufficient-credits', 1]);
    expect(await counted(hold(GRANT - 30))).toEqual(['held', 0]);
    expect(await counted(hold(1))).toEqual(['insufficient-credits', 1]);
    expect(await ledger.balanceOf(payer)).toEqual({ availableMicros: 0, heldMicros: GRANT });
    await expectSound(db, ledger);
  });
});
