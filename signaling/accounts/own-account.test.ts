// What a person does with an account as a whole: takes a copy along, deletes it, sets a new password by the owner's link.
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { files } from '../batches/tables.ts';
import { accountOwner } from '../ledger/owner.ts';
import { ledgerEvents } from '../ledger/tables.ts';
import { accountSessions, accounts, apiKeys, passwordResets } from './tables.ts';
import { PASSWORD } from './test-account.ts';
import { AccountSite, SLOW_MS } from './test-account-site.ts';

const scene = AccountSite.set();
const DAY_MS = 24 * 3600 * 1000;

it('exports what is kept, without secrets', { timeout: SLOW_MS }, async () => {
  const ada = await scene.newPerson();
  const { key } = await scene.newKey(ada.asPage, 'laptop');
  const { status, body, headers } = await scene.call('GET', '/export', undefined, ada.asPage);
  expect(status).toBe(200);
  expect(headers.get('content-disposition')).toContain('computepool-account.json');
  expect(body).toMatchObject({
    account: { name: ada.name, balance: { available: { micros: 2_500_000 } } },
    keys: [{ label: 'laptop' }],
    logins: [{ isThis: true }],
    statement: [{ kind: 'grant', micros: 2_500_000 }],
  });
  expect(JSON.stringify(body)).not.toContain(key);
  expect((await scene.call('GET', '/export')).status).toBe(401);
});

it('deletes an account: credits go back, the name is free, nothing that was its own is left', {
  timeout: SLOW_MS,
}, async () => {
  const { db } = scene.database;
  const ada = await scene.newPerson();
  const owner = accountOwner(ada.id);
  const { key } = await scene.newKey(ada.asPage);
  const at = scene.clock.clock();
  const file = { id: 'file-1', owner, filename: 'a', purpose: 'batch' as const, bytes: 1, content: 'x' };
  await db.insert(files).values({ ...file, createdAt: at, expiresAt: new Date(at.getTime() + DAY_MS) });
  const before = await scene.ledger.totals();
  const remove = (name: string, password: string) => scene.call('POST', '/removal', { name, password }, ada.asPage);

  scene.nextAddress();
  expect((await remove('somebody-else', PASSWORD)).body.error.code).toBe('bad-request');
  expect((await remove(ada.name, 'not this one')).body.error.code).toBe('login-again');
  const job = 'a'.repeat(32) as JobId;
  await scene.ledger.hold({ job, payer: owner, amountMicros: 1000, expiresAt: new Date(Date.now() + DAY_MS) });
  expect((await remove(ada.name, PASSWORD)).body.error.code, 'a request runs').toBe('conflict');
  await scene.ledger.release(job);
  const gone = await remove(ada.name.toUpperCase(), PASSWORD);
  expect([gone.status, gone.body]).toEqual([200, { returned: { credits: '2.5', micros: 2_500_000 } }]);
  expect(gone.cookie).toContain('cp_session=;');

  const after = await scene.ledger.totals();
  expect(after.issuedMicros).toBe(before.issuedMicros - 2_500_000);
  expect(after.availableMicros + after.heldMicros - after.issuedMicros, 'the books balance').toBe(0);
  expect(await scene.ledger.balanceOf(owner)).toEqual({ availableMicros: 0, heldMicros: 0 });
  expect(await db.$count(ledgerEvents, eq(ledgerEvents.key, `forfeit:${owner}`))).toBe(1);
  expect(await db.$count(accounts, eq(accounts.name, ada.name))).toBe(0);
  expect(await db.$count(accountSessions, eq(accountSessions.account, ada.id))).toBe(0);
  expect(await db.$count(apiKeys, eq(apiKeys.account, ada.id))).toBe(0);
  expect(await db.$count(files, eq(files.owner, owner))).toBe(0);
  expect((await scene.call('GET', '', undefined, ada.asPage)).status).toBe(401);
  expect(await scene.usage(key)).toBe(401);
  scene.nextAddress();
  const taken = await scene.call('POST', '', { name: ada.name, password: PASSWORD });
  expect([taken.status, taken.body.id === ada.id]).toEqual([201, false]);
});

it('a link for a new password ends after a day, and is kept as a hash', { timeout: SLOW_MS }, async () => {
  const ada = await scene.newPerson();
  const reset = (token: string, newPassword = 'a whole new password') =>
    scene.call('POST', '/reset', { token, newPassword });
  const late = await scene.accounts.makeReset(ada.id);
  scene.clock.move(DAY_MS);
  expect((await reset(late.token)).body.error.code).toBe('not-found');
  const { token } = await scene.accounts.makeReset(ada.id);
  const [kept] = await scene.database.db.select().from(passwordResets).where(eq(passwordResets.account, ada.id));
  expect(JSON.stringify(kept)).not.toContain(token);
  expect((await reset(token, 'short')).body.error.code).toBe('bad-request');
  const key = await scene.newKey(await scene.logIn(ada));
  scene.nextAddress();
  expect((await reset(token)).status).toBe(200);
  expect(await scene.usage(key.key), 'keys go on').toBe(200);
  expect((await reset(token)).status).toBe(404);
  expect((await scene.call('POST', '/login', { name: ada.name, password: PASSWORD })).status).toBe(401);
  expect((await scene.call('POST', '/login', { name: ada.name, password: 'a whole new password' })).status).toBe(200);
});
