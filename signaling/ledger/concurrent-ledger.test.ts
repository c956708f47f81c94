// Many at once, from several servers: nothing is lost, made or done twice, and nobody waits for each other in a circle.

import { beforeAll, describe, expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { createLedger } from './create-ledger.ts';
import type { Ledger, Payment } from './ledger-types.ts';
import { type OwnerId, peerOwner } from './owner.ts';
import { expectSound, newAccount, newJob, newOwner, newPeer, SOON } from './test-ledger.ts';

const GRANT = 100_000;
const HOLD = 1000;

/** In random order: the order in which a shuffled start reaches the locks is the database's. */
const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);

forEachDatabase('the ledger under many hands', (open) => {
  let database: TestDatabase;
  let servers: Ledger[];
  const server = (index: number): Ledger => servers[index % servers.length]!;
  beforeAll(async () => {
    database = await open();
    const again = [database, await database.openAgain(), await database.openAgain()];
    servers = again.map(({ db }) => createLedger(db, { welcomeMicros: GRANT, welcomesPerAddressPerDay: 1 }));
  }, OPEN_TIMEOUT_MS);

  const heldJobs = async (payer: OwnerId, count: number, expiresAt = SOON): Promise<JobId[]> => {
    const jobs = Array.from({ length: count }, newJob);
    await Promise.all(jobs.map((job, index) => server(index).hold({ job, payer, amountMicros: HOLD, expiresAt })));
    return jobs;
  };

  test('one job, settled and released by thirty at once: one of them does it', async () => {
    const payer = await newOwner(servers[0]!);
    const [job] = await heldJobs(payer, 1);
    const payees = Array.from({ length: 4 }, newAccount);
    const settle = (index: number) =>
      server(index)
        .settle({ job: job!, payments: shuffled(payees).map((to) => ({ to, amountMicros: 100 + index })) })
        .catch((error: { code: string }) => error.code);
    const results = await Promise.all(
      shuffled(
        Array.from({ length: 30 }, (_, index) => async () => {
          if (index % 10 === 9) return server(index).release(job!);
          return settle(index);
        }),
      ).map((run) => run()),
    );
    const did = results.filter((result) => typeof result === 'object' && !result.isRepeat);
    const charged = new Set(results.flatMap((result) => (typeof result === 'object' ? [result.chargedMicros] : [])));
    const balance = await servers[0]!.balanceOf(payer);
    if (did.length === 0) {
      expect(results.filter((result) => result === 'conflict')).toHaveLength(27);
      expect(balance).toEqual({ availableMicros: GRANT, heldMicros: 0 });
    } else {
      expect([did.length, charged.size]).toEqual([1, 1]);
      expect(balance).toEqual({ availableMicros: GRANT - [...charged][0]!, heldMicros: 0 });
    }
    await expectSound(database.db, servers[0]!);
  });

  test('forty jobs of two that pay each other, in random order, end where they would one by one', async () => {
    const [one, two] = [await newOwner(servers[0]!), await newOwner(servers[1]!)];
    const stages = Array.from({ length: 5 }, newAccount);
    const jobs = [...(await heldJobs(one, 20)), ...(await heldJobs(two, 20))];
    const expected = new Map<OwnerId, number>([
      [one, GRANT],
      [two, GRANT],
    ]);
    const move = (to: OwnerId, amountMicros: number) => expected.set(to, (expected.get(to) ?? 0) + amountMicros);
    const endings = jobs.map((job, index) => {
      const payer = index < 20 ? one : two;
      const payments: Payment[] = shuffled([payer === one ? two : one, ...stages, payer]).map((to) => ({
        to,
        amountMicros: 1 + ((index * 7) % 100),
      }));
      const isReleased = index % 5 === 0;
      if (!isReleased) {
        for (const { to, amountMicros } of payments) {
          move(to, amountMicros);
          move(payer, -amountMicros);
        }
      }
      return () => (isReleased ? server(index).release(job) : server(index).settle({ job, payments }));
    });
    // Each twice, from another server.
    await Promise.all(shuffled([...endings, ...endings]).map((end) => end()));
    for (const [owner, micros] of expected) {
      expect(await servers[0]!.balanceOf(owner)).toEqual({ availableMicros: micros, heldMicros: 0 });
    }
    await expectSound(database.db, servers[0]!);
  });

  test('of more holds than the balance covers, as many as it covers', async () => {
    const payer = await newOwner(servers[0]!);
    const hold = GRANT / 10;
    const results = await Promise.allSettled(
      Array.from({ length: 25 }, (_, index) =>
        server(index).hold({ job: newJob(), payer, amountMicros: hold, expiresAt: SOON }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'insufficient-credits' });
    }
    expect(await servers[0]!.balanceOf(payer)).toEqual({ availableMicros: 0, heldMicros: GRANT });
    await expectSound(database.db, servers[0]!);
  });

  describe('while a peer is claimed', () => {
    test('what it earns is there once, here or there', async () => {
      const payer = await newOwner(servers[0]!);
      const peer = newPeer();
      const [owner, account] = [peerOwner(peer), newAccount()];
      const jobs = await heldJobs(payer, 20);
      await Promise.all(
        shuffled([
          ...jobs.map((job, index) => () => server(index).settle({ job, payments: [{ to: owner, amountMicros: 10 }] })),
          ...jobs.slice(0, 8).map((_, index) => () => server(index).claim(peer, account)),
        ]).map((run) => run()),
      );
      await servers[0]!.claim(peer, account);
      expect(await servers[0]!.balanceOf(owner)).toEqual({ availableMicros: 0, heldMicros: 0 });
      expect(await servers[0]!.balanceOf(account)).toEqual({ availableMicros: 200, heldMicros: 0 });
      await expectSound(database.db, servers[0]!);
    });

    test('a sweep and settlements meet at the same holds', async () => {
      const payer = await newOwner(servers[0]!);
      const jobs = await heldJobs(payer, 12, new Date('2001-01-01T00:00:00Z'));
      const to = newAccount();
      const results = await Promise.all([
        ...servers.map((each) => each.releaseExpired(new Date('2002-01-01T00:00:00Z'))),
        ...jobs.map((job, index) =>
          server(index)
            .settle({ job, payments: [{ to, amountMicros: 1 }] })
            .then(
              () => 1,
              () => 0,
            ),
        ),
      ]);
      expect(results.reduce((sum, count) => sum + count)).toBe(12);
      const paid = results.slice(servers.length).reduce((sum, count) => sum + count, 0);
      expect(await servers[0]!.balanceOf(payer)).toEqual({ availableMicros: GRANT - paid, heldMicros: 0 });
      await expectSound(database.db, servers[0]!);
    });
  });
});
