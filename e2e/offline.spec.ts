// The site without its server: a browser that has it opens it all the same, and this device answers. A newer version is told of, and
// taken when the person wants it.
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startServerProcess } from '../tools/server/server-process.ts';
import { ask } from './support/site.ts';

const QUESTION = 'What is a shard?';
const CHAT = '/chat?mode=solo&temperature=0&max=24';

/** The worker has installed itself, and has what a page asked it to keep. */
const isKept = (page: Page, path: RegExp): Promise<boolean> =>
  page.evaluate(
    async ([source]) => {
      const kept = [];
      for (const name of await caches.keys()) {
        if (!name.startsWith('computepool-site-')) continue;
        for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname);
      }
      return kept.some((each) => new RegExp(source!).test(each));
    },
    [path.source],
  );

const isControlled = (page: Page): Promise<boolean> => page.evaluate(() => navigator.serviceWorker.controller !== null);

test('with no server at all the chat opens, and this device gives the same answer as before', async ({ browser }) => {
  const server = await startServerProcess();
  const context = await browser.newContext();
  const errors: string[] = [];
  try {
    const chat = await context.newPage();
    await chat.goto(`${server.url}${CHAT}`);
    await expect(chat.getByTestId('local-model')).toHaveAttribute('data-phase', 'ready');
    const told = await ask(chat, QUESTION);
    await expect.poll(() => isControlled(chat)).toBe(true);
    await expect.poll(() => isKept(chat, /\.wasm$/)).toBe(true);
    // Nothing but the site is kept with it.
    expect(await isKept(chat, /^\/(api|v1|models)\//)).toBe(false);
    await server.kill();

    chat.on('pageerror', (error) => errors.push(error.message));
    await chat.reload();
    await expect(chat.getByTestId('answer')).toHaveCount(1);
    await expect(chat.getByTestId('heard-site')).toBeVisible();
    await expect(chat.getByTestId('server-away').first()).toBeVisible();
    await expect(chat.getByTestId('local-model')).toHaveAttribute('data-phase', 'ready');
    await chat.getByRole('button', { name: /new chat/i }).click();
    const alone = await ask(chat, QUESTION);
    expect([alone.text, alone.tokenIds]).toEqual([told.text, told.tokenIds]);
    expect(alone.plan).toMatchObject({ mode: 'solo', local: true });
    await expect(chat.getByTestId('error-card')).toHaveCount(0);

    // A window that is opened only now, by hand, at another page of the site.
    const other = await context.newPage();
    other.on('pageerror', (error) => errors.push(error.message));
    await other.goto(`${server.url}/pools`);
    await expect(other.getByRole('heading', { level: 1 })).toBeVisible();
    await other.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chat' }).click();
    await expect(other.getByTestId('composer')).toBeVisible();
    expect(errors).toEqual([]);

    await server.start();
    await expect(chat.getByTestId('server-away')).toHaveCount(0);
    await expect(chat.getByTestId('heard-site')).toHaveCount(0);
  } finally {
    await context.close();
    await server.close();
  }
});

/** A site of another build: the same pages, which say another name of their build and of themselves. */
function makeNewer(site: string): string {
  const build = /build:"(\w+)"/.exec(readFileSync(join(site, 'sw.js'), 'utf8'))![1]!;
  const newer = build.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const later = new Date(Date.now() + 60_000);
  const write = (path: string, change: (text: string) => string): void => {
    for (const twin of [`${path}.br`, `${path}.gz`]) rmSync(join(site, twin), { force: true });
    writeFileSync(join(site, path), change(readFileSync(join(site, path), 'utf8')));
    utimesSync(join(site, path), later, later);
  };
  // No page is kept by its hash here: what they were is not what they are.
  write('sw.js', (text) => text.replace(build, newer).replace(/pages:\{[^}]*\}/, 'pages:{}'));
  write('chat.html', (text) => text.replaceAll(build, newer));
  return newer;
}

test('a newer version is told of, and comes when the person wants it; nobody is reloaded unasked', async ({
  browser,
}) => {
  const site = mkdtempSync(join(tmpdir(), 'computepool-newer-'));
  cpSync('out', site, { recursive: true });
  const server = await startServerProcess(['--site', site]);
  const context = await browser.newContext();
  const buildOf = (page: Page) => page.locator('html').getAttribute('data-build');
  try {
    const [chat, second] = [await context.newPage(), await context.newPage()];
    for (const page of [chat, second]) await page.goto(`${server.url}/chat`);
    await expect.poll(() => isControlled(chat)).toBe(true);
    const before = await buildOf(chat);
    const newer = makeNewer(site);
    await chat.evaluate(async () => (await navigator.serviceWorker.ready).update());
    for (const page of [chat, second]) await expect(page.getByTestId('newer-version')).toBeVisible();
    expect([await buildOf(chat), await buildOf(second)]).toEqual([before, before]);
    await second.getByTestId('composer').fill('Not sent yet');

    await chat.getByTestId('newer-version').getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => buildOf(chat)).toBe(newer);
    await expect(chat.getByTestId('composer')).toBeVisible();
    await expect(chat.getByTestId('newer-version')).toHaveCount(0);
    // The other window stays what it was, until its own person wants it.
    expect(await buildOf(second)).toBe(before);
    await expect(second.getByTestId('composer')).toHaveValue('Not sent yet');
    await expect(second.getByTestId('newer-version')).toBeVisible();
    await second.getByTestId('newer-version').getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => buildOf(second)).toBe(newer);
  } finally {
    await context.close();
    await server.close();
    rmSync(site, { recursive: true });
  }
});
