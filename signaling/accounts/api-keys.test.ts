import { beforeAll, beforeEach, expect, it } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';
import { createAccounts } from './create-accounts.ts';
import { insertAccount, stoppedClock } from './test-account.ts';

forEachDatabase('API keys', (open) => {
  let people: Accounts;
  let db: Awaited<ReturnType<typeof open>>['db'];
  let mine: Account;
  let other: Account;
  const { clock, move } = stoppedClock();
  beforeAll(async () => {
    ({ db } = await open());
    people = createAccounts(db, clock);
  }, OPEN_TIMEOUT_MS);
  beforeEach(async () => {
    mine = await insertAccount(db, clock());
    other = await insertAccount(db, clock());
  });

  it('shows a key once and knows it from then on, until it is revoked', async () => {
    const { key, ...info } = await people.createKey(mine.id, '  my laptop ');
    expect(key).toMatch(/^cp-[\w-]{43}$/);
    expect(info).toEqual({ id: expect.any(String), label: 'my laptop', prefix: key.slice(0, 9), createdAt: clock() });
    expect(await people.listKeys(mine.id)).toEqual([{ ...info, lastUsedAt: undefined }]);
    expect(await people.byKey(key)).toEqual({ account: mine, key: info.id, confirm: expect.any(Function) });
    await people.revokeKey(mine.id, info.id);
    expect(await people.byKey(key)).toBeUndefined();
    expect(await people.listKeys(mine.id)).toEqual([]);
    await expect(people.revokeKey(mine.id, info.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('G9: while something is written for it a key is not revoked, and afterwards nothing is written for it', async () => {
    const { key, id } = await people.createKey(mine.id, 'a');
    const { confirm } = (await people.byKey(key))!;
    const order: string[] = [];
    let revoked: Promise<void> | undefined;
    await db.transaction(async (transaction) => {
      await confirm(transaction);
      revoked = people.revokeKey(mine.id, id).then(() => void order.push('revoked'));
      for (let turn = 0; turn < 20; turn += 1) await transaction.execute('select 1');
      order.push('written');
    });
    await revoked;
    expect(order).toEqual(['written', 'revoked']);
    await expect(db.transaction((transaction) => confirm(transaction))).rejects.toMatchObject({
      code: 'not-logged-in',
    });
    await expect(confirm()).rejects.toMatchObject({ code: 'not-logged-in' });
  });

  it('leaves another account’s keys alone', async () => {
    const { key, id } = await people.createKey(mine.id, 'a');
    await expect(people.revokeKey(other.id, id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await people.listKeys(other.id)).toEqual([]);
    expect((await people.byKey(key))?.account).toEqual(mine);
  });

  it('notes the use at most once a minute', async () => {
    const { key } = await people.createKey(mine.id, 'a');
    const lastUse = async () => (await people.listKeys(mine.id))[0]?.lastUsedAt;
    const first = clock();
    await Promise.all([people.byKey(key), people.byKey(key), people.byKey(key)]);
    expect(await lastUse()).toEqual(first);
    move(59_000);
    await people.byKey(key);
    expect(await lastUse()).toEqual(first);
    move(2_000);
    await people.byKey(key);
    expect(await lastUse()).toEqual(clock());
  });

  it('gives 20 keys to an account that asks for 30 at once, in the order they were made', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 30 }, (_, at) => people.createKey(mine.id, `key ${at}`)),
    );
    const refused = tries.filter((result) => result.status === 'rejected' && result.reason.code === 'conflict');
    expect(refused).toHaveLength(10);
    const keys = await people.listKeys(mine.id);
    expect(keys).toHaveLength(20);
    await people.revokeKey(mine.id, keys[0]?.id ?? '');
    move(1);
    const last = await people.createKey(mine.id, 'room again');
    expect((await people.listKeys(mine.id)).at(-1)?.id).toBe(last.id);
    await people.createKey(other.id, 'not counted here');
  });

  it.each(['', '   ', 'a\0b', 'two\nlines', '\ud800', 'x'.repeat(65), ' '.repeat(1e6), 'x'.repeat(5e6)])(
    'refuses the label %#',
    async (label) => {
      await expect(people.createKey(mine.id, label)).rejects.toMatchObject({ code: 'bad-request' });
    },
  );

  it.each(['', 'cp-', `cp-${'x'.repeat(43)}`, `cp-${'x'.repeat(42)}\0`, 'x'.repeat(5e6), "' or 1=1 --"])(
    'knows no key or id %#',
    async (text) => {
      expect(await people.byKey(text)).toBeUndefined();
      await expect(people.revokeKey(mine.id, text)).rejects.toMatchObject({ code: 'not-found' });
    },
  );

  it('gives none to an account that is gone', async () => {
    const nobody = 'ab'.repeat(16) as AccountId;
    await expect(people.createKey(nobody, 'a')).rejects.toMatchObject({ code: 'not-found' });
  });
});
