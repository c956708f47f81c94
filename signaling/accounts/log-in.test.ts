import { scryptSync } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import type { Accounts } from './account-types.ts';
import { createAccounts } from './create-accounts.ts';
import { accountSessions, accounts } from './tables.ts';
import { CHEAP, freshName, newDevice, PASSWORD, signClaim, stoppedClock } from './test-account.ts';

const DAY_MS = 24 * 3600 * 1000;
const HUGE = 'x'.repeat(5_000_000);

forEachDatabase('log in', (open) => {
  let people: Accounts;
  let db: Awaited<ReturnType<typeof open>>['db'];
  const { clock, move } = stoppedClock();
  beforeAll(async () => {
    ({ db } = await open());
    people = createAccounts(db, clock, CHEAP);
  }, OPEN_TIMEOUT_MS);

  describe('register', () => {
    it('keeps the name in lowercase, and knows it in any case', async () => {
      const account = await people.register({ name: 'Ada_L-1', password: PASSWORD });
      expect(account).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'ada_l-1', createdAt: clock() });
      await expect(people.register({ name: 'ADA_l-1', password: PASSWORD })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect((await people.logIn({ name: 'aDa_L-1', password: PASSWORD })).account).toEqual(account);
    });

    it.each(['ab', 'a'.repeat(33), '', 'a b c', 'a\0bc', 'abc\n', 'käthe', '\u212aelvin', "a';--", HUGE])(
      'refuses the name %#',
      async (name) => {
        await expect(people.register({ name, password: PASSWORD })).rejects.toMatchObject({ code: 'bad-request' });
        await expect(people.logIn({ name, password: PASSWORD })).rejects.toMatchObject({ code: 'not-logged-in' });
      },
    );

    it('takes passwords of 8 to 200 characters, whatever is in them', async () => {
      for (const password of ['1234567', '', 'x'.repeat(201), HUGE]) {
        await expect(people.register({ name: freshName(), password })).rejects.toMatchObject({ code: 'bad-request' });
      }
      for (const password of ['12345678', 'x'.repeat(200), 'nul\0 and \ud800 half']) {
        const name = freshName();
        const account = await people.register({ name, password });
        expect((await people.logIn({ name, password })).account.id).toBe(account.id);
      }
    });

    it('lets one of 20 have a name that all want at once', { timeout: 180_000 }, async () => {
      const name = freshName();
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, (_, at) => people.register({ name, password: `${PASSWORD}${at}` }, `place ${at}`)),
      );
      const winner = tries.findIndex(({ status }) => status === 'fulfilled');
      const losers = tries.filter((result) => result.status === 'rejected' && result.reason.code === 'conflict');
      expect(losers).toHaveLength(19);
      expect(await db.select().from(accounts).where(eq(accounts.name, name))).toHaveLength(1);
      expect((await people.logIn({ name, password: `${PASSWORD}${winner}` })).account.name).toBe(name);
    });
  });

  describe('logIn', () => {
    it('says the same to a stranger and to a wrong password', async () => {
      const name = freshName();
      await people.register({ name, password: PASSWORD });
      const fault = (entry: { name: string; password: string }) => people.logIn(entry).then(String, (error) => error);
      const faults = await Promise.all([
        fault({ name, password: 'wrong horse' }),
        fault({ name: freshName(), password: PASSWORD }),
        fault({ name: 'no name\0', password: PASSWORD }),
        fault({ name, password: HUGE }),
        fault({ name, password: '' }),
      ]);
      for (const { code, message } of faults) {
        expect({ code, message }).toEqual({ code: 'not-logged-in', message: 'The name or the password is wrong.' });
      }
    });

    it('gives every browser a session of its own, good for 30 days', async () => {
      const name = freshName();
      const account = await people.register({ name, password: PASSWORD });
      const [one, two] = [
        await people.logIn({ name, password: PASSWORD }),
        await people.logIn({ name, password: PASSWORD }),
      ];
      expect(one.token).toMatch(/^[\w-]{43}$/);
      expect(one.token).not.toBe(two.token);
      expect(one.expiresAt.getTime() - clock().getTime()).toBe(30 * DAY_MS);
      const login = { id: expect.stringMatching(/^[0-9a-f]{32}$/), provedAt: clock() };
      expect(await people.byLogin(one.token)).toEqual({ account, login, confirm: expect.any(Function) });
      await people.logOut(one.token);
      await people.logOut(one.token);
      expect(await people.byLogin(one.token)).toBeUndefined();
      move(30 * DAY_MS - 1);
      expect((await people.byLogin(two.token))?.account).toEqual(account);
      move(1);
      expect(await people.byLogin(two.token)).toBeUndefined();
    });

    it('G9: what a copy of a login writes is not written once the password is another', async () => {
      const name = freshName();
      const { id } = await people.register({ name, password: PASSWORD });
      const { token } = await people.logIn({ name, password: PASSWORD });
      const { login, confirm } = (await people.byLogin(token))!;
      const copy = { login: login.id, confirm };
      const device = await newDevice();
      const claim = await signClaim(id, device);
      const { id: key } = await people.createKey(id, 'before', copy);
      await people.changePassword(id, copy, { oldPassword: PASSWORD, newPassword: 'another horse' });
      const tries = [
        () => people.createKey(id, 'after', copy),
        () => people.claimPeer(id, claim, copy),
        () => people.releasePeer(id, device.peer, copy),
        () => people.proveLogin(id, copy, 'another horse'),
        () => people.changePassword(id, copy, { oldPassword: 'another horse', newPassword: PASSWORD }),
        () => people.endLogin(id, login.id, {}, copy),
        () => people.endLogins(id, { keysToo: true }, copy),
        () => people.revokeKey(id, key, copy),
      ];
      for (const one of tries) await expect(one()).rejects.toMatchObject({ code: 'not-logged-in' });
      expect((await people.listKeys(id)).map(({ label }) => label)).toEqual(['before']);
      expect(await people.listLogins(id)).toHaveLength(1);
    });

    it('G16: takes a password whose hash is of an earlier cost, and hashes it anew', async () => {
      const name = freshName();
      const account = await people.register({ name, password: PASSWORD });
      const salt = Buffer.from('sixteen bytes sa');
      const key = scryptSync(PASSWORD, salt, 32, { N: 2 ** 8, r: 8, p: 1 });
      const old = `$scrypt$ln=8,r=8,p=1$${salt.toString('base64url')}$${key.toString('base64url')}`;
      const mine = eq(accounts.id, account.id);
      await db.update(accounts).set({ passwordHash: old }).where(mine);
      const hashOf = async () => (await db.select().from(accounts).where(mine))[0]?.passwordHash;
      await expect(people.logIn({ name, password: 'wrong horse' })).rejects.toMatchObject({ code: 'not-logged-in' });
      expect(await hashOf()).toBe(old);
      // Two at once: whichever is second finds another hash than it had checked.
      const both = await Promise.all([
        people.logIn({ name, password: PASSWORD }),
        people.logIn({ name, password: PASSWORD }),
      ]);
      expect(both.map((login) => login.account.id)).toEqual([account.id, account.id]);
      expect(await hashOf()).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$/);
      expect((await people.logIn({ name, password: PASSWORD })).account.id).toBe(account.id);
      await expect(people.logIn({ name, password: 'wrong horse' })).rejects.toMatchObject({ code: 'not-logged-in' });
    });

    it('keeps 64 sessions of an account and forgets those that are over', { timeout: 300_000 }, async () => {
      const name = freshName();
      const account = await people.register({ name, password: PASSWORD });
      const logIn = () => people.logIn({ name, password: PASSWORD });
      const row = (at: number) => ({
        ...{ tokenHash: `${account.id}-${at}`, id: `${account.id}-${at}`, account: account.id, device: 'Firefox' },
        ...{ provedAt: clock(), lastSeenAt: clock(), createdAt: new Date(clock().getTime() + at) },
        expiresAt: new Date(clock().getTime() + DAY_MS),
      });
      await db.insert(accountSessions).values(Array.from({ length: 64 }, (_, at) => row(at)));
      move(1000);
      const tokens = (await Promise.all([logIn(), logIn(), logIn()])).map(({ token }) => token);
      const kept = () => db.select().from(accountSessions).where(eq(accountSessions.account, account.id));
      const hashes = (await kept()).map(({ tokenHash }) => tokenHash);
      expect(hashes).toHaveLength(64);
      // The three oldest made room.
      expect(hashes.filter((hash) => /-[012]$/.test(hash))).toEqual([]);
      for (const token of tokens) expect((await people.byLogin(token))?.account).toEqual(account);
      move(DAY_MS);
      await logIn();
      expect(await kept()).toHaveLength(4);
    });

    it.each(['', 'x'.repeat(43), `${'x'.repeat(42)}\0`, HUGE, "' or 1=1 --"])('knows no token %#', async (token) => {
      expect(await people.byLogin(token)).toBeUndefined();
      await people.logOut(token);
    });
  });
});
