import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { cookieNames, loginCookie } from './login-cookie.ts';

const TOKEN = 'a'.repeat(43);
/** As long as a login lasts. */
const until = () => new Date(Date.now() + 30 * 24 * 3600 * 1000);

async function travel(publicUrl: string | undefined, cookie = '') {
  const login = loginCookie(publicUrl);
  const app = new Hono();
  app.get('/set', (c) => {
    login.set(c, TOKEN, until());
    return c.text('');
  });
  app.get('/clear', (c) => {
    login.clear(c);
    return c.text('');
  });
  app.get('/read', (c) => c.text(login.read(c) ?? 'none'));
  const ask = (path: string) => app.request(path, { headers: { cookie } });
  const setBy = async (path: string) => (await ask(path)).headers.get('set-cookie') ?? '';
  return {
    set: await setBy('/set'),
    clear: await setBy('/clear'),
    read: await (await ask('/read')).text(),
  };
}

it('G16: over https it goes over nothing else, and no other host of the domain can set it', async () => {
  const at = 'https://pool.example';
  const { set, clear, read } = await travel(at, `__Host-cp_session=${TOKEN}`);
  expect(cookieNames(true)).toEqual({ login: '__Host-cp_session', admin: '__Host-cp_admin' });
  expect(set).toMatch(/^__Host-cp_session=a{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
  expect(set).not.toContain('Domain');
  expect(clear).toMatch(/^__Host-cp_session=; Max-Age=0; Path=\/; Secure$/);
  expect(read).toBe(TOKEN);
  expect((await travel(at, `cp_session=${TOKEN}`)).read, 'one that plain http could have set').toBe('none');
});

it.each([undefined, 'http://pool.example'])(
  'over http (%s) it has a plain name, or browsers would not keep it',
  async (at) => {
    const { set, clear, read } = await travel(at, `cp_session=${TOKEN}`);
    expect(cookieNames(false)).toEqual({ login: 'cp_session', admin: 'cp_admin' });
    expect(set).toMatch(/^cp_session=a{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(clear).toMatch(/^cp_session=; Max-Age=0; Path=\/$/);
    expect(read).toBe(TOKEN);
  },
);

it('what could be no token is none', async () => {
  expect((await travel(undefined, `cp_session=${'x'.repeat(201)}`)).read).toBe('none');
});

it('without a named address it is as the request came', async () => {
  const login = loginCookie();
  const app = new Hono();
  app.get('/set', (c) => {
    login.set(c, TOKEN, until());
    return c.text('');
  });
  const cookieAt = async (origin: string) => (await app.request(`${origin}/set`)).headers.get('set-cookie');
  expect(await cookieAt('https://desk.local:3000')).toMatch(/^__Host-cp_session=.*Secure/);
  expect(await cookieAt('http://localhost:3000')).toMatch(/^cp_session=(?!.*Secure)/);
});
