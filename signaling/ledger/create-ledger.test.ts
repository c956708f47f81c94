import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { createLedger } from './create-ledger.ts';
import type { Ledger } from './ledger-types.ts';
import { type OwnerId, peerOwner } from './owner.ts';
import { welcomeCounts } from './tables.ts';
import { expectSound, newAccount, newJob, newOwner, newPeer, SOON } from './test-ledger.ts';

const GRANT = 1000;

forEachDatabase('the ledger', (open) => {
  let database: TestDatabase;
  let ledger: Ledger;
  let now = new Date('2030-01-01T12:00:00Z');
  beforeAll(async () => {
    database = await open();
    ledger = createLedger(database.db, { welcomeMicros: GRANT, welcomesPerAddressPerDay: 2, now: () => now });
  }, OPEN_TIMEOUT_MS);
  afterEach(() => expectSound(database.db, ledger));

  const balanceOf = async (owner: OwnerId): Promise<[available: number, held: number]> => {
    const { availableMicros, heldMicros } = await ledger.balanceOf(owner);
    return [availableMicros, heldMicros];
  };

  describe('grant on joining', () => {
    test('once per owner, so many per address and day', async () => {
      const [first, second, third] = [newAccount(), newAccount(), newAccount()];
      expect(await ledger.welcome(first, '192.0.2.1')).toBe(GRANT);
      expect(await ledger.welcome(first, '192.0.2.1')).toBe(0);
      expect(await ledger.welcome(first, '192.0.2.2')).toBe(0);
      expect(await ledger.welcome(second, '192.0.2.1')).toBe(GRANT);
      expect(await ledger.welcome(third, '192.0.2.1')).toBe(0);
      expect(await balanceOf(third)).toEqual([0, 0]);
      now = new Date('2030-01-02T00:00:00Z');
      expect(await ledger.welcome(third, '192.0.2.1')).toBe(GRANT);
    });

    test('the table holds no address, and forgets the day before', async () => {
      now = new Date('2030-01-03T00:00:00Z');
      await ledger.welcome(newAccount(), '198.51.100.7');
      const rows = await database.db.select().from(welcomeCounts);
      expect(rows).toEqual([{ addressDay: expect.stringMatching(/^[0-9a-f]{64}$/), day: '2030-01-03', grants: 1 }]);
    });

    test('at once from everywhere: no owner and no address gets more', async () => {
      const again = await database.openAgain();
      const other = createLedger(again.db, { welcomeMicros: GRANT, welcomesPerAddressPerDay: 2, now: () => now });
      const owners = Array.from({ length: 8 }, newAccount);
      const got = await Promise.all(
        owners.flatMap((owner) => [ledger.welcome(owner, '203.0.113.1'), other.welcome(owner, '203.0.113.1')]),
      );
      expect(got.filter((micros) => micros === GRANT)).toHaveLength(2);
      const one = newAccount();
      const addresses = Array.from({ length: 8 }, (_, index) => `203.0.113.${index + 10}`);
      const once = await Promise.all(addresses.map((address) => ledger.welcome(one, address)));
      expect(once.reduce((sum, micros) => sum + micros)).toBe(GRANT);
      expect(await balanceOf(one)).toEqual([GRANT, 0]);
    });
  });

  describe('holds', () => {
    let payer: OwnerId;
    beforeEach(async () => {
      payer = await newOwner(ledger);
    });

    test('held, paid out, and the rest comes back', async () => {
      const job = newJob();
      const [stage, device] = [newAccount(), newAccount()];
      await ledger.hold({ job, payer, amountMicros: 600, expiresAt: SOON });
      expect(await balanceOf(payer)).toEqual([400, 600]);
      const payments = [
        { to: stage, amountMicros: 100 },
        { to: device, amountMicros: 150 },
        { to: stage, amountMicros: 20 },
      ];
      expect(await ledger.settle({ job, payments })).toEqual({ chargedMicros: 270, isRepeat: false });
      expect([await balanceOf(payer), await balanceOf(stage), await balanceOf(device)]).toEqual([
        [730, 0],
        [120, 0],
        [150, 0],
      ]);
    });

    test('one’s own device may be paid: that part stays', async () => {
      const job = newJob();
      await ledger.hold({ job, payer, amountMicros: 600, expiresAt: SOON });
      const payments = [{ to: payer, amountMicros: 600 }];
      expect(await ledger.settle({ job, payments })).toEqual({ chargedMicros: 600, isRepeat: false });
      expect(await balanceOf(payer)).toEqual([GRANT, 0]);
    });

    test('not more than there is', async () => {
      const hold = { job: newJob(), payer, amountMicros: GRANT + 1, expiresAt: SOON };
      await expect(ledger.hold(hold)).rejects.toMatchObject({
        code: 'insufficient-credits',
        data: { availableMicros: GRANT, neededMicros: GRANT + 1 },
      });
      expect(await balanceOf(payer)).toEqual([GRANT, 0]);
      // Nothing of the refused one is left: with less the job can be held.
      await ledger.hold({ ...hold, amountMicros: GRANT });
      expect(await balanceOf(payer)).toEqual([0, GRANT]);
    });

    test('the same again changes nothing, another one for the job is a conflict', async () => {
      const hold = { job: newJob(), payer, amountMicros: 10, expiresAt: SOON };
      await ledger.hold(hold);
      await ledger.hold(hold);
      expect(await balanceOf(payer)).toEqual([GRANT - 10, 10]);
      await expect(ledger.hold({ ...hold, amountMicros: 11 })).rejects.toMatchObject({ code: 'conflict' });
      await ledger.release(hold.job);
      await expect(ledger.hold(hold)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('settling twice pays once and says the first sum', async () => {
      const job = newJob();
      const to = newAccount();
      await ledger.hold({ job, payer, amountMicros: 100, expiresAt: SOON });
      await ledger.settle({ job, payments: [{ to, amountMicros: 7 }] });
      expect(await ledger.settle({ job, payments: [{ to, amountMicros: 90 }] })).toEqual({
        chargedMicros: 7,
        isRepeat: true,
      });
      await ledger.release(job);
      expect([await balanceOf(payer), await balanceOf(to)]).toEqual([
        [GRANT - 7, 0],
        [7, 0],
      ]);
    });

    test('payments beyond the hold, or below zero, pay nobody', async () => {
      const job = newJob();
      const to = newAccount();
      await ledger.hold({ job, payer, amountMicros: 100, expiresAt: SOON });
      for (const amounts of [[60, 41], [101, -1], [0.5], [Number.NaN], [2 ** 60]]) {
        const payments = amounts.map((amountMicros) => ({ to, amountMicros }));
        await expect(ledger.settle({ job, payments })).rejects.toMatchObject({ code: 'bad-request' });
      }
      expect(await balanceOf(payer)).toEqual([GRANT - 100, 100]);
      expect(await ledger.settle({ job, payments: [] })).toEqual({ chargedMicros: 0, isRepeat: false });
      expect(await balanceOf(payer)).toEqual([GRANT, 0]);
    });

    test('a job without a hold, or with one that was released, cannot be settled', async () => {
      await expect(ledger.settle({ job: newJob(), payments: [] })).rejects.toMatchObject({ code: 'not-found' });
      const job = newJob();
      await ledger.hold({ job, payer, amountMicros: 100, expiresAt: SOON });
      await ledger.release(job);
      await ledger.release(job);
      await ledger.release(newJob());
      await expect(ledger.settle({ job, payments: [] })).rejects.toMatchObject({ code: 'conflict' });
      expect(await balanceOf(payer)).toEqual([GRANT, 0]);
    });

    test('what a crash left behind is released when it expires', async () => {
      const [early, late] = [newJob(), newJob()];
      await ledger.hold({ job: early, payer, amountMicros: 1, expiresAt: new Date('2001-01-01T00:00:00Z') });
      await ledger.hold({ job: late, payer, amountMicros: 2, expiresAt: new Date('2001-01-03T00:00:00Z') });
      expect(await ledger.openHolds()).toEqual(expect.arrayContaining([early, late]));
      expect(await ledger.releaseExpired(new Date('2001-01-02T00:00:00Z'))).toBe(1);
      expect(await ledger.releaseExpired(new Date('2001-01-02T00:00:00Z'))).toBe(0);
      const open = await ledger.openHolds();
      expect(open).toContain(late);
      expect(open).not.toContain(early);
      expect(await balanceOf(payer)).toEqual([GRANT - 2, 2]);
    });
  });

  test('a claimed peer’s balance is the account’s; what is held follows when it comes back', async () => {
    const peer = newPeer();
    const [owner, account]: OwnerId[] = [peerOwner(peer), newAccount()];
    const job = newJob();
    await ledger.welcome(owner!, 'a peer');
    await ledger.hold({ job, payer: owner!, amountMicros: 300, expiresAt: SOON });
    await Promise.all([ledger.claim(peer, account!), ledger.claim(peer, account!)]);
    expect([await balanceOf(owner!), await balanceOf(account!)]).toEqual([
      [0, 300],
      [700, 0],
    ]);
    await ledger.settle({ job, payments: [{ to: account!, amountMicros: 100 }] });
    expect(await balanceOf(owner!)).toEqual([200, 0]);
    await ledger.claim(peer, account!);
    expect([await balanceOf(owner!), await balanceOf(account!)]).toEqual([
      [0, 0],
      [GRANT, 0],
    ]);
  });

  describe('D5: welcome credits', () => {
    const claimAll = async (account: OwnerId, peers: number): Promise<void> => {
      for (let index = 0; index < peers; index += 1) {
        const peer = newPeer();
        expect(await ledger.welcome(peerOwner(peer), `claimed ${peer}`)).toBe(GRANT);
        await Promise.all([ledger.claim(peer, account), ledger.claim(peer, account)]);
        expect(await balanceOf(peerOwner(peer))).toEqual([0, 0]);
      }
    };

    test('an account that had its own gets none of its browsers’', async () => {
      const account = newAccount();
      await ledger.welcome(account, 'an account');
      await claimAll(account, 3);
      expect(await balanceOf(account)).toEqual([GRANT, 0]);
    });

    test('an account that had none gets those of one browser, and no others after', async () => {
      const account = newAccount();
      await claimAll(account, 3);
      expect(await balanceOf(account)).toEqual([GRANT, 0]);
      expect(await ledger.welcome(account, 'another address')).toBe(0);
    });

    test('what a browser earned comes along whole, and what it had held goes the same way later', async () => {
      const [account, payer, peer] = [newAccount(), await newOwner(ledger), newPeer()];
      const owner = peerOwner(peer);
      await ledger.welcome(account, 'an account once more');
      await ledger.welcome(owner, 'a browser that earns');
      const [earned, spent] = [newJob(), newJob()];
      await ledger.hold({ job: earned, payer, amountMicros: 50, expiresAt: SOON });
      await ledger.settle({ job: earned, payments: [{ to: owner, amountMicros: 50 }] });
      await ledger.hold({ job: spent, payer: owner, amountMicros: GRANT, expiresAt: SOON });
      await ledger.claim(peer, account);
      // What is free may be welcome credits or not: they are what goes back first.
      expect(await balanceOf(account)).toEqual([GRANT, 0]);
      await ledger.release(spent);
      await ledger.claim(peer, account);
      expect([await balanceOf(owner), await balanceOf(account)]).toEqual([
        [0, 0],
        [GRANT + 50, 0],
      ]);
    });
  });

  describe('statement', () => {
    test('newest first, page by page, nothing twice and nothing left out', async () => {
      const payer = await newOwner(ledger);
      const jobs = Array.from({ length: 5 }, newJob);
      for (const job of jobs) {
        await ledger.hold({ job, payer, amountMicros: 10, expiresAt: SOON });
        await ledger.settle({ job, payments: [{ to: newAccount(), amountMicros: 4 }] });
      }
      const all = await ledger.statementOf(payer, { limit: 100 });
      expect(all).toHaveLength(1 + 5 * 4);
      expect(all.slice(0, 2)).toEqual([
        { eventId: all[0]!.eventId, at: now, kind: 'settle', bucket: 'available', amountMicros: 6, job: jobs[4] },
        { eventId: all[0]!.eventId, at: now, kind: 'settle', bucket: 'held', amountMicros: -10, job: jobs[4] },
      ]);
      expect(all.at(-1)).toMatchObject({ kind: 'grant', amountMicros: GRANT });
      for (const limit of [1, 2, 3, 7]) {
        const paged = [];
        for (let before: string | undefined; ; ) {
          const page = await ledger.statementOf(payer, { limit, ...(before ? { before } : {}) });
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(Math.max(limit, 2));
          paged.push(...page);
          before = page.at(-1)!.eventId;
        }
        expect(paged).toEqual(all);
      }
    });

    test('a place that was never given out', async () => {
      for (const before of ['', 'x', '-1', '1 or 1=1', '9'.repeat(30)]) {
        await expect(ledger.statementOf(newAccount(), { limit: 5, before })).rejects.toMatchObject({
          code: 'bad-request',
        });
      }
    });
  });

  test('the database itself refuses a balance below zero and an event of a key that exists', async () => {
    const { db } = database;
    const owner = await newOwner(ledger);
    await expect(db.execute(`update balances set amount = -1 where owner = '${owner}'`)).rejects.toThrow();
    await expect(
      db.execute(`insert into ledger_events (key, kind, at) values ('grant:${owner}', 'grant', now())`),
    ).rejects.toThrow();
    expect(await balanceOf(owner)).toEqual([GRANT, 0]);
  });
});
