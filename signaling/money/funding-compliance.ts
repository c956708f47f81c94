// What every funding must do, as one suite. A new one passes it before any pool uses it.
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';
import type { Funding, Reservation } from './funding.ts';

export interface FundingUnderTest {
  funding: Funding;
  /** A payer who has so much to spend, and nothing else. */
  newPayer(amountMicros: number): Promise<OwnerId>;
  /** What the payer could spend now, without what is set aside. */
  spendableOf(payer: OwnerId): Promise<number>;
  earnedBy(peer: PeerId): Promise<number>;
  /** What the suite counts in, where single micros are too small to be moved. 1 by default. */
  unitMicros?: number;
  /** How far an amount may be off, for a currency that flows while a job runs. 0 by default. */
  withinMicros?: number;
}

/** Also on a machine that does other things. */
const OPEN_TIMEOUT_MS = 60_000;
const FUNDS = 10_000;
const MOST = 6_000;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const newPeer = (): PeerId => hex(16) as PeerId;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error) => PoolError.from(error).code,
  );

export function fundingCompliance(name: string, open: () => Promise<FundingUnderTest>): void {
  describe(name, () => {
    let under: FundingUnderTest;
    /** So many units, in micros. */
    const of = (units: number): number => units * (under.unitMicros ?? 1);
    beforeAll(async () => {
      under = await open();
    }, OPEN_TIMEOUT_MS);

    /** A payer, a job and two peers that work on it; nothing is reserved yet. */
    async function setUp() {
      const payer = await under.newPayer(of(FUNDS));
      const reservation: Reservation = {
        ...{ job: hex(16) as JobId, pool: 'a/b@main:q4' as PoolId, payer, amountMicros: of(MOST) },
        expiresAt: new Date(Date.now() + 3_600_000),
      };
      const [entry, exit] = [newPeer(), newPeer()];
      const work = (epoch: number): EpochSeats => ({
        epoch,
        seats: [
          { peer: entry, start: 0, end: 2 },
          { peer: exit, start: 2, end: 4 },
        ],
      });
      return { ...reservation, reservation, entry, exit, work };
    }
    const near = (amount: number, expected: number, what: string): void =>
      expect(Math.abs(amount - expected), `${what} is ${amount}, not ${expected}`).toBeLessThanOrEqual(
        under.withinMicros ?? 0,
      );

    test('what is reserved cannot be spent, and goes back whole', async () => {
      const { funding, spendableOf } = under;
      const { job, payer, reservation } = await setUp();
      await funding.reserve(reservation);
      near(await spendableOf(payer), of(FUNDS - MOST), 'what is left');
      await funding.release(job);
      await funding.release(job);
      near(await spendableOf(payer), of(FUNDS), 'what is left');
    });

    test('more than there is is refused, and nothing is set aside', async () => {
      const { funding, spendableOf } = under;
      const { payer, reservation } = await setUp();
      const refused = funding.reserve({ ...reservation, amountMicros: of(FUNDS + 1) });
      await expect(refused).rejects.toMatchObject({ kind: 'refused' });
      near(await spendableOf(payer), of(FUNDS), 'what is left');
    });

    test('the same reservation again changes nothing, another one is a conflict', async () => {
      const { funding, spendableOf } = under;
      const { job, payer, reservation } = await setUp();
      await Promise.all([funding.reserve(reservation), funding.reserve(reservation)]);
      near(await spendableOf(payer), of(FUNDS - MOST), 'what is left');
      expect(await codeOf(funding.reserve({ ...reservation, amountMicros: of(1) }))).toBe('conflict');
      await funding.release(job);
      expect(await codeOf(funding.reserve(reservation))).toBe('conflict');
      near(await spendableOf(payer), of(FUNDS), 'what is left');
    });

    test('each peer gets what it earned, the payer pays that and no more', async () => {
      const { funding, spendableOf, earnedBy } = under;
      const { job, payer, reservation, entry, exit, work } = await setUp();
      await funding.reserve(reservation);
      await funding.began(job, work(1));
      const payments = [
        { peer: entry, amountMicros: of(700) },
        { peer: exit, amountMicros: of(1_300) },
      ];
      const { chargedMicros } = await funding.settle({ job, payments });
      near(chargedMicros, of(2_000), 'the charge');
      near(await earnedBy(entry), of(700), 'the entry’s pay');
      near(await earnedBy(exit), of(1_300), 'the exit’s pay');
      near(await spendableOf(payer), of(FUNDS) - chargedMicros, 'nothing is made or lost');
    });

    test('coalitions that come and go change nothing of it', async () => {
      const { funding, earnedBy } = under;
      const { job, reservation, entry, exit, work } = await setUp();
      await funding.reserve(reservation);
      await funding.began(job, work(1));
      for (const epoch of [2, 3, 3]) await funding.moved(job, work(epoch));
      await funding.settle({ job, payments: [{ peer: exit, amountMicros: of(50) }] });
      near(await earnedBy(exit), of(50), 'the exit’s pay');
      near(await earnedBy(entry), 0, 'the entry’s pay');
    });

    test('nothing earned costs nothing', async () => {
      const { funding, spendableOf } = under;
      const { job, payer, reservation, entry } = await setUp();
      await funding.reserve(reservation);
      expect(await funding.settle({ job, payments: [{ peer: entry, amountMicros: 0 }] })).toEqual({ chargedMicros: 0 });
      near(await spendableOf(payer), of(FUNDS), 'what is left');
    });

    test('a job is settled once: again, and with other words, the first result stands', async () => {
      const { funding, spendableOf, earnedBy } = under;
      const { job, payer, reservation, entry } = await setUp();
      await funding.reserve(reservation);
      const first = await funding.settle({ job, payments: [{ peer: entry, amountMicros: of(10) }] });
      const again = await funding.settle({ job, payments: [{ peer: entry, amountMicros: of(5_000) }] });
      expect(again).toEqual(first);
      await funding.release(job);
      near(await earnedBy(entry), of(10), 'the entry’s pay');
      near(await spendableOf(payer), of(FUNDS) - first.chargedMicros, 'what is left');
    });

    test('settled and released at once, one of them wins and nothing is paid twice', async () => {
      const { funding, spendableOf, earnedBy } = under;
      for (let round = 0; round < 4; round++) {
        const { job, payer, reservation, entry } = await setUp();
        await funding.reserve(reservation);
        const settling = funding.settle({ job, payments: [{ peer: entry, amountMicros: of(400) }] });
        const releasing = funding.release(job);
        const [settled] = await Promise.allSettled([settling, releasing]);
        const charged = settled.status === 'fulfilled' ? settled.value.chargedMicros : 0;
        near(await earnedBy(entry), charged, 'the entry’s pay');
        near(await spendableOf(payer), of(FUNDS) - charged, 'what is left');
      }
    });

    test('more than is reserved is paid to nobody', async () => {
      const { funding, spendableOf, earnedBy } = under;
      const { job, payer, reservation, entry, exit } = await setUp();
      await funding.reserve(reservation);
      const payments = [
        { peer: entry, amountMicros: of(MOST) },
        { peer: exit, amountMicros: of(1) },
      ];
      expect(await codeOf(funding.settle({ job, payments }))).toBe('bad-request');
      near(await earnedBy(entry), 0, 'the entry’s pay');
      await funding.release(job);
      near(await spendableOf(payer), of(FUNDS), 'what is left');
    });

    test('what was never reserved, or given back, pays nobody', async () => {
      const { funding, earnedBy } = under;
      const { job, reservation, entry } = await setUp();
      const payments = [{ peer: entry, amountMicros: of(1) }];
      expect(await codeOf(funding.settle({ job, payments }))).toBe('not-found');
      await funding.release(job);
      await funding.reserve(reservation);
      await funding.release(job);
      expect(await codeOf(funding.settle({ job, payments }))).toBe('conflict');
      near(await earnedBy(entry), 0, 'the entry’s pay');
    });

    test('one job’s end leaves the payer’s other jobs alone', async () => {
      const { funding, spendableOf } = under;
      const { job, payer, reservation, entry } = await setUp();
      const other = { ...reservation, job: hex(16) as JobId, amountMicros: of(3_000) };
      await funding.reserve(reservation);
      await funding.reserve(other);
      await funding.settle({ job, payments: [{ peer: entry, amountMicros: of(1_000) }] });
      near(await spendableOf(payer), of(FUNDS - 1_000 - 3_000), 'what is left');
      await funding.release(other.job);
      near(await spendableOf(payer), of(FUNDS - 1_000), 'what is left');
    });
  });
}
