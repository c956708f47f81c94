// G9: what a person does about logins and keys, and what neither a key nor a page that was left open can do.
import { describe, expect, test, vi } from 'vitest';
import { addBatch, findBatch } from '../batches/batch-store.ts';
import { RECENT_LOGIN_MS } from '../http/require-recent-login.ts';
import { accountOwner } from '../ledger/owner.ts';
import { newDevice, PASSWORD, signClaim } from './test-account.ts';
import { AccountSite, SLOW_MS, type TestPerson } from './test-account-site.ts';

vi.setConfig({ testTimeout: SLOW_MS });

const scene = AccountSite.set();
const call = scene.call.bind(scene);
const NEW_PASSWORD = 'another horse, another battery';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const statusOf = async (asPage: TestPerson['asPage']): Promise<number> =>
  (await call('GET', '', undefined, asPage)).status;

/** What needs the password to have been shown lately. */
async function lasting(person: TestPerson, key: string) {
  const claim = await signClaim(person.id, await newDevice(), new URL(scene.site.url).host);
  return [
    ['POST', '/keys', { label: 'ci' }, 201],
    ['DELETE', `/keys/${key}`, undefined, 200],
    ['POST', '/webhook-secret', undefined, 201],
    ['POST', '/peers', claim, 200],
    ['DELETE', '/logins?keysToo=true', undefined, 200],
  ] as const;
}

test('G9: an API key opens nothing below /api, whatever cookie is beside it', async () => {
  const person = await scene.newPerson();
  const { key, id } = await scene.newKey(person.asPage);
  const reads = ['', '/keys', '/logins', '/statement'].map((path) => ['GET', path] as const);
  const changes = [
    ...(await lasting(person, id)),
    ['POST', '/password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD }],
    ['DELETE', '/logins', undefined],
  ] as const;
  for (const [method, path, body] of [...reads.map(([one, at]) => [one, at, undefined] as const), ...changes]) {
    for (const beside of [{}, person.asPage]) {
      const answer = await call(method, path, body, { ...beside, authorization: `Bearer ${key}` });
      expect([answer.status, answer.body.error?.code], `${method} ${path}`).toEqual([403, 'login-required']);
    }
  }
  expect(await scene.usage(key)).toBe(200);
  expect(await statusOf(person.asPage)).toBe(200);
});

test('G9: what outlives a login asks for a recent one; the password in place makes it recent again', async () => {
  const person = await scene.newPerson();
  const { id } = await scene.newKey(person.asPage);
  const changes = await lasting(person, id);
  scene.clock.move(RECENT_LOGIN_MS);
  for (const [method, path, body] of changes) {
    const { status, body: answer } = await call(method, path, body, person.asPage);
    expect([status, answer.error?.code], `${method} ${path}`).toEqual([401, 'login-again']);
    expect(answer.error.next).toContain('password');
  }
  expect(await statusOf(person.asPage), 'the login itself is good').toBe(200);
  expect((await call('POST', '/login/again', { password: 'wrong horse' }, person.asPage)).body.error.code).toBe(
    'login-again',
  );
  expect((await call('POST', '/keys', { label: 'x' }, person.asPage)).status).toBe(401);
  expect((await call('POST', '/login/again', { password: PASSWORD }, person.asPage)).status).toBe(200);
  for (const [method, path, body, expected] of changes) {
    expect((await call(method, path, body, person.asPage)).status, `${method} ${path}`).toBe(expected);
  }
});

test('G9: a login that proves itself makes no other one recent', async () => {
  const person = await scene.newPerson();
  const other = await scene.logIn(person);
  scene.clock.move(RECENT_LOGIN_MS);
  expect((await call('POST', '/login/again', { password: PASSWORD }, person.asPage)).status).toBe(200);
  expect((await call('POST', '/keys', { label: 'x' }, other)).body.error.code).toBe('login-again');
});

describe('G9: changing the password', () => {
  test('takes the old one, ends all other logins, and leaves a copy of this one’s cookie with nothing', async () => {
    const person = await scene.newPerson();
    const other = await scene.logIn(person);
    const { key } = await scene.newKey(other);
    const change = (oldPassword: string, newPassword: string) =>
      call('POST', '/password', { oldPassword, newPassword }, person.asPage);
    expect((await change('wrong horse', NEW_PASSWORD)).body.error.code).toBe('login-again');
    expect((await change(PASSWORD, 'short')).body.error.data.param).toBe('newPassword');
    const changed = await change(PASSWORD, NEW_PASSWORD);
    expect(changed.status).toBe(200);
    expect(await statusOf(other)).toBe(401);
    expect(await statusOf(person.asPage)).toBe(401);
    expect(await statusOf({ ...person.asPage, cookie: changed.cookie.split(';')[0] ?? '' })).toBe(200);
    expect((await call('POST', '/login', { name: person.name, password: PASSWORD })).status).toBe(401);
    expect(await statusOf(await scene.logIn(person, NEW_PASSWORD))).toBe(200);
    expect(await scene.usage(key), 'programs go on').toBe(200);
  });

  test('revokes every key of the account, if asked', async () => {
    const person = await scene.newPerson();
    const keys = [await scene.newKey(person.asPage), await scene.newKey(await scene.logIn(person))];
    const asked = { oldPassword: PASSWORD, newPassword: NEW_PASSWORD, keysToo: true };
    expect((await call('POST', '/password', asked, person.asPage)).status).toBe(200);
    expect(await Promise.all(keys.map(({ key }) => scene.usage(key)))).toEqual([401, 401]);
  });

  test('ends a login with the old password that is under way', async () => {
    const person = await scene.newPerson();
    const asked = { oldPassword: PASSWORD, newPassword: NEW_PASSWORD };
    const racing = [1, 2, 3].map(() => call('POST', '/login', { name: person.name, password: PASSWORD }));
    const [changed, ...logins] = await Promise.all([call('POST', '/password', asked, person.asPage), ...racing]);
    expect(changed?.status).toBe(200);
    for (const { status, cookie } of logins) {
      const asPage = { cookie: cookie.split(';')[0] ?? '', origin: scene.site.url };
      expect(status === 401 || (await statusOf(asPage)) === 401, 'it never came about, or has ended').toBe(true);
    }
  });
});

describe('G9: logins', () => {
  test('are listed in a few words, the one that asks among them, and none of their tokens', async () => {
    const person = await scene.newPerson();
    const other = await scene.logIn(person, PASSWORD, FIREFOX);
    scene.clock.move(120_000);
    expect(await statusOf(other)).toBe(200);
    const { body } = await call('GET', '/logins', undefined, person.asPage);
    expect(body.logins).toHaveLength(2);
    const seen = scene.clock.clock().getTime();
    const [its, own] = ['Firefox on Linux', 'Unknown device'].map((device) =>
      body.logins.find((login: { device: string }) => login.device === device),
    );
    expect([its.isThis, Date.parse(its.lastSeenAt), Date.parse(its.createdAt)]).toEqual([false, seen, seen - 120_000]);
    expect([own.isThis, Date.parse(own.lastSeenAt)]).toEqual([true, seen]);
    for (const { cookie } of [person.asPage, other]) expect(JSON.stringify(body)).not.toContain(cookie.split('=')[1]);
  });

  test('end one by one, with the keys that they made where that is asked', async () => {
    const person = await scene.newPerson();
    const [one, two] = [await scene.logIn(person), await scene.logIn(person)];
    const keys = [await scene.newKey(person.asPage), await scene.newKey(one), await scene.newKey(two)];
    const idOf = async (asPage: TestPerson['asPage']): Promise<string> =>
      (await call('GET', '/logins', undefined, asPage)).body.logins.find(({ isThis }: { isThis: boolean }) => isThis)
        .id;
    expect((await call('DELETE', `/logins/${await idOf(one)}`, undefined, person.asPage)).status).toBe(200);
    expect((await call('DELETE', `/logins/${await idOf(two)}?keysToo=true`, undefined, person.asPage)).status).toBe(
      200,
    );
    expect(await Promise.all([person.asPage, one, two].map(statusOf))).toEqual([200, 401, 401]);
    expect(await Promise.all(keys.map(({ key }) => scene.usage(key)))).toEqual([200, 200, 401]);
    const stranger = await scene.newPerson();
    const theirs = await call('DELETE', `/logins/${await idOf(person.asPage)}`, undefined, stranger.asPage);
    expect(theirs.body.error.code).toBe('not-found');
    expect(await statusOf(person.asPage)).toBe(200);
  });

  test('end everywhere at once: keys stay, or go where that is asked', async () => {
    const person = await scene.newPerson();
    const { key } = await scene.newKey(await scene.logIn(person));
    const out = await call('DELETE', '/logins', undefined, person.asPage);
    expect([out.status, out.cookie.startsWith('cp_session=;')]).toEqual([200, true]);
    expect(await statusOf(person.asPage)).toBe(401);
    expect(await scene.usage(key)).toBe(200);
    const again = await scene.logIn(person);
    expect((await call('DELETE', '/logins?keysToo=true', undefined, again)).status).toBe(200);
    expect(await scene.usage(key), 'a key of a login that had ended before').toBe(401);
  });

  test('leave no key behind that was asked for at that moment', async () => {
    const person = await scene.newPerson();
    const asked = Array.from({ length: 6 }, (_, at) => call('POST', '/keys', { label: `k${at}` }, person.asPage));
    const [out, ...made] = await Promise.all([
      call('DELETE', '/logins?keysToo=true', undefined, person.asPage),
      ...asked,
    ]);
    expect(out?.status).toBe(200);
    const again = await scene.logIn(person);
    expect((await call('GET', '/keys', undefined, again)).body.keys).toEqual([]);
    expect(made.every(({ status }) => status === 201 || status === 401)).toBe(true);
  });
});

test('G9: a revoked key’s batches are cancelled, those of others run on', async () => {
  const person = await scene.newPerson();
  const owner = accountOwner(person.id);
  const { db } = scene.database;
  const keys = [await scene.newKey(person.asPage), await scene.newKey(person.asPage)];
  const addFor = (key: string) =>
    addBatch(
      db,
      {
        ...{ owner, key, endpoint: '/v1/completions' as const, inputFileId: 'file-x', metadata: null, webhook: null },
        ...{ model: 'm', lines: [{ line: 1, customId: 'a', body: '{}' }], errors: [] },
      },
      { openBatches: 10 },
    );
  const [ended, other] = [await addFor(keys[0]?.id ?? ''), await addFor(keys[1]?.id ?? '')];
  expect((await call('DELETE', `/keys/${keys[0]?.id}`, undefined, person.asPage)).status).toBe(200);
  expect((await findBatch(db, owner, ended.id)).status).toBe('cancelling');
  expect((await findBatch(db, owner, other.id)).status).toBe('in_progress');
});

test.each<[string, string, unknown]>([
  ['DELETE', '/logins/a%00b?keysToo=true', undefined],
  ['DELETE', '/keys/a%00b', undefined],
  ['POST', '/keys', { label: 'a\0b' }],
])('G16: a NUL in %s %s is the caller’s fault and none of the server', async (method, path, body) => {
  const { asPage } = await scene.newPerson();
  const answer = await call(method, path, body, asPage);
  expect([answer.status < 500, answer.status >= 400]).toEqual([true, true]);
});
