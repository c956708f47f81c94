// A server with https of its own, at another name of its machine: a profile whose trust store has the authority lends and chats
// there; one that has not is told what to do. The trust store is the real one (NSS), which Debian's libnss3-tools writes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, test } from '@playwright/test';
import { type RunningServer, startServer } from '../signaling/start-server.ts';
import { distantLaunch } from './support/launch.ts';
import { look } from './support/look.ts';
import { readQr } from './support/read-qr.ts';
import { ask, chatReady } from './support/site.ts';

const NAME = hostname().toLowerCase();

/** A person's home with a trust store of its own; with `authority` (DER) that is in it. */
function makeHome(root: string, name: string, authority?: Buffer): string {
  const home = join(root, name);
  const store = join(home, '.pki', 'nssdb');
  mkdirSync(store, { recursive: true });
  execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${store}`]);
  if (authority) {
    const file = join(home, 'authority.crt');
    writeFileSync(file, authority);
    execFileSync('certutil', ['-A', '-d', `sql:${store}`, '-n', 'ComputePool', '-t', 'C,,', '-i', file]);
  }
  return home;
}

let root = '';
let server: RunningServer;
test.beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'computepool-trust-'));
  server = await startServer({
    ...{ host: '0.0.0.0', tls: { dataDir: join(root, 'data') } },
    ...{ siteDir: 'out', modelsDir: 'public/models', logger: 'silent' },
  });
});
test.afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const openProfile = async (home: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(join(home, 'profile'), {
    ...distantLaunch(NAME),
    env: { ...process.env, HOME: home } as Record<string, string>,
  });

test('a profile that trusts the authority lends and chats at the machine’s other name over https', async () => {
  const context = await openProfile(makeHome(root, 'trusting', server.ownTls!.authority.der));
  const troubles: string[] = [];
  try {
    const lends = await context.newPage();
    lends.on('pageerror', ({ message }) => troubles.push(message));
    // Whoever types the name comes over plain http first, and is sent on, for the browser trusts the server already.
    await lends.goto(`http://${NAME}:${server.port}/join?auto=1&backend=wasm`);
    await lends.waitForURL(`https://${NAME}:${server.port}/join?auto=1&backend=wasm`);
    expect(await lends.evaluate(() => window.isSecureContext)).toBe(true);
    await expect(lends.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');

    const invite = lends.getByTestId('invite');
    await invite.locator('summary').click();
    const invited = new URL(await readQr(lends, invite.locator('svg')));
    expect(`${invited.origin}${invited.pathname}`).toBe(`http://${NAME}:${server.port}/trust`);
    expect(invited.searchParams.get('to')).toMatch(/^\/join\?model=computepool/);

    const chat = await context.newPage();
    chat.on('pageerror', ({ message }) => troubles.push(message));
    const sockets: string[] = [];
    chat.on('websocket', (socket) => sockets.push(socket.url()));
    await chat.goto(`https://${NAME}:${server.port}/chat?temperature=0&max=24`);
    await chatReady(chat, 1);
    const answer = await ask(chat, 'What is a shard?');
    expect(answer.text.length).toBeGreaterThan(10);
    // The control socket and the broker.
    expect(new Set(sockets.map((url) => new URL(url).pathname.split('/')[1]))).toEqual(new Set(['control', 'peerjs']));
    expect(sockets.every((url) => url.startsWith(`wss://${NAME}:${server.port}/`))).toBe(true);
    expect(troubles).toEqual([]);
  } finally {
    await context.close();
  }
});

test('one that does not trust it is told what to do, and looks right on a phone and a desk', async () => {
  const context = await openProfile(makeHome(root, 'newcomer'));
  const { fingerprint, der } = server.ownTls!.authority;
  try {
    const warned = await context.newPage();
    await expect(warned.goto(`https://${NAME}:${server.port}/join`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    await warned.close();

    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', ({ message }) => troubles.push(message));
    await page.goto(`http://${NAME}:${server.port}/join?auto=1`);
    expect(new URL(page.url()).searchParams.get('to')).toBe('/join?auto=1');
    await expect(page.getByTestId('trusted')).toHaveAttribute('data-trusted', 'no');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trust this server');
    expect((await page.getByTestId('fingerprint').innerText()).replaceAll(/\s/g, '')).toBe(fingerprint);
    // The way of this very system is open; those of the others are a press away.
    await expect(page.getByTestId('system-linux').getByRole('listitem').first()).toBeVisible();
    await expect(page.getByTestId('system-apple').getByRole('listitem').first()).toBeHidden();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the certificate' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(der)).toBe(true);
    // A link of the site leads to the page that it names once the server is trusted.
    await page.getByRole('link', { name: 'Chat', exact: true }).first().click();
    await expect.poll(() => new URL(page.url()).searchParams.get('to')).toBe('/chat');
    await expect(page.getByTestId('trusted')).toHaveAttribute('data-trusted', 'no');
    await look(page, '/trust, not trusted');
    expect(troubles).toEqual([]);
  } finally {
    await context.close();
  }
});
