import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type ModelRef, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type OpenTestDatabase } from '../db/test-databases.ts';
import type { Sponsoring } from '../jobs/sponsoring.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { createPoolStore } from './pool-store.ts';
import type { PoolStore } from './pool-types.ts';
import { createSponsoring } from './sponsor-visitors.ts';
import { pools, sponsoredDays } from './tables.ts';

const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
const POOL = poolIdOf(MODEL);
const APP = 'https://app.example';

forEachDatabase('sponsoring', (open: OpenTestDatabase) => {
  let db: Database;
  let store: PoolStore;
  let at: Date;
  let sponsoring: Sponsoring;

  beforeAll(async () => {
    ({ db } = await open());
  }, OPEN_TIMEOUT_MS);
  beforeEach(async () => {
    await db.delete(pools);
    at = new Date('2026-03-04T10:00:00Z');
    store = await createPoolStore(db);
    await store.create({ model: MODEL, manifest: manifestOf({}), createdBy: 'ann' });
    await store.update(POOL, { embedOrigins: [APP], sponsor: { visitorMicros: 100, dayMicros: 250 } });
    sponsoring = createSponsoring(
      db,
      (pool) => store.find(pool),
      () => at,
    );
  });

  const ask = (fields: { address?: string; embeddedIn?: string; amountMicros?: number; pool?: PoolId } = {}) =>
    sponsoring({ pool: POOL, address: '203.0.113.7', embeddedIn: APP, amountMicros: 60, ...fields });

  test('the pool’s maker pays, and what was not spent may be spent', async () => {
    const first = await ask();
    expect(first).toMatchObject({ payer: accountOwner('ann' as AccountId) });
    expect(await ask()).toBe('spent');
    if (typeof first === 'object') await first.ended(20);
    expect(await ask()).toBeTypeOf('object');
    expect(await ask({ amountMicros: 20 })).toBeTypeOf('object');
    expect(await ask({ amountMicros: 1 })).toBe('spent');
  });

  test.each([
    ['a page that is not listed', { embeddedIn: 'https://evil.example' }],
    ['a page of the same host at another port', { embeddedIn: `${APP}:8443` }],
    ['another pool', { pool: poolIdOf({ ...MODEL, slug: 'other' }) }],
  ])('nobody pays for %s', async (_what, fields) => {
    expect(await ask(fields)).toBe('none');
  });

  test('nobody pays once the owner has taken it back', async () => {
    await store.update(POOL, { sponsor: null });
    expect(await ask()).toBe('none');
  });

  test('a liar that names a listed page, from ever new addresses, costs the owner a day’s budget and not more', async () => {
    let paid = 0;
    for (let host = 0; host < 50; host++) {
      const sponsored = await ask({ address: `198.51.100.${host}` });
      if (typeof sponsored !== 'object') continue;
      paid += 60;
      await sponsored.ended(60);
    }
    expect(paid).toBe(240);
    at = new Date('2026-03-05T00:00:00Z');
    expect(await ask()).toBeTypeOf('object');
  });

  test('one address, an IPv6 network of one included, is one visitor, however many ask at once', async () => {
    const addresses = Array.from({ length: 10 }, (_, host) => `2001:db8:1:2::${host + 1}`);
    const all = await Promise.all(addresses.map((address) => ask({ address })));
    expect(all.filter((one) => typeof one === 'object')).toHaveLength(1);
    expect(await ask({ address: '2001:db8:1:3::1' })).toBeTypeOf('object');
  });

  test('of a visitor a hash of the day is kept, and nothing of earlier days', async () => {
    await ask();
    at = new Date('2026-03-05T10:00:00Z');
    await ask();
    const rows = await db.select().from(sponsoredDays);
    expect(rows.map(({ day }) => day)).toEqual(['2026-03-05', '2026-03-05']);
    expect(rows.map(({ visitor }) => visitor).sort()).toEqual(['', expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('a pool that is deleted takes its days along', async () => {
    await ask();
    await store.remove(POOL);
    expect(await db.select().from(sponsoredDays)).toEqual([]);
  });
});
