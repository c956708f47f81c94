// Pages speak the language of their person: no text is English by itself, German is there where a browser prefers it, and what was
// chosen holds.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { openAdmin, showAdmin } from './support/open-admin.ts';
import { register } from './support/register.ts';
import { ask, chatReady, openSite, type Site } from './support/site.ts';
import { unspoken } from './support/unspoken.ts';

const LIMIT_MS = 5 * 60_000;

/** Every page of it is in the pseudo-language, whose texts stand in brackets. */
const pseudo = (browser: Browser): Pick<Browser, 'newContext'> => ({
  async newContext() {
    const context = await browser.newContext();
    await context.addInitScript(() => localStorage.setItem('computepool.language', 'pseudo'));
    return context;
  },
});

/** A person whose browser prefers German, with a small phone. */
const inGerman = (browser: Browser): Pick<Browser, 'newContext'> => ({
  newContext: () => browser.newContext({ locale: 'de-DE', viewport: { width: 320, height: 700 } }),
});

const spoken = (page: Page) => expect(page.getByRole('banner')).toContainText('⟦');

const poolOf = ({ server }: Site): string =>
  `/pools?${new URLSearchParams({ pool: server.snapshot().pools[0]!.pool })}`;

test('what stands outside of the brackets is found, and nothing else', async ({ page }) => {
  await page.setContent(`<title>⟦Lend⟧ · ComputePool</title>
    <p>⟦Read <a href="/">⟦the terms⟧</a> first.⟧ 12 MB</p>
    <p>⟦All of it⟧ but this</p>
    <p><span>⟦cut</span></p><p>Behind a text that was cut</p>
    <code>npm start</code> <bdi>Maria</bdi> <i lang="en">The server says so.</i> <b data-words="program">q4f16</b>
    <option lang="en">English</option> <i lang="fr">Bonjour</i>
    <input placeholder="Write" aria-label="⟦Name⟧" title="0123456789abcdef0123456789abcdef">`);
  expect(await unspoken(page)).toEqual([
    'body: The server says so.',
    'p: ⟦All of it⟧ but this',
    'p: Behind a text that was cut',
    'placeholder: Write',
  ]);
});

test('no text of a page is English by itself', async ({ browser }) => {
  test.setTimeout(LIMIT_MS);
  const site = await openSite(pseudo(browser), { stages: 1 });
  const found: string[] = [];
  const look = async (page: Page, state: string) => {
    await spoken(page);
    for (const text of await unspoken(page)) found.push(`${state}: ${text}`);
  };
  try {
    const stage = await site.openStage({ auto: '0', model: 'no such model', backend: 'abacus', memoryMb: '512' });
    await expect(stage.getByTestId('join-button')).toBeVisible();
    // A model that comes with the program is described in the person's language.
    await expect(stage.getByTestId('model-about').first()).toContainText('⟦');
    await look(stage, '/join, asked');
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await expect(chat.getByTestId('chat-state')).toHaveAttribute('data-phase', 'no-stages');
    await look(chat, '/chat, nobody there');
    await stage.goto(`${site.url}/join?auto=1&backend=wasm`);
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await stage.getByTestId('add-shard').click();
    await expect(stage.getByTestId('shard-card').nth(1)).toHaveAttribute('data-phase', 'waiting');
    await look(stage, '/join, lending');
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    await chat.getByTestId('answer-stats').locator('summary').click();
    await chat.getByTestId('conversations').click();
    // Why this route, and why no other.
    await chat.getByTestId('route-choice').waitFor();
    expect(await chat.getByTestId('route-choice').getByRole('listitem').count()).toBeGreaterThan(1);
    await look(chat, '/chat, answered');

    const page = await stage.context().newPage();
    const visit = async (path: string, there: string, state = path) => {
      await page.goto(`${site.url}${path}`);
      await page.locator(there).first().waitFor();
      await look(page, state);
    };
    await visit('/', '[data-testid=live-numbers]');
    await page.getByTestId('play').click();
    await page.locator('[data-testid=demonstration][data-phase=done]').waitFor();
    await look(page, '/, played');
    await visit('/pitch', 'h1');
    await visit('/docs', 'h1');
    await visit('/docs/api', 'h1');
    await visit('/docs/reference', '[data-testid=reference][data-phase=shown]');
    await visit('/nowhere', 'h1');
    await visit('/pools', '[data-testid=pool-item]');
    await visit(poolOf(site), '[data-testid=pool-members]', 'a pool');
    await visit('/network', '[data-testid=network-ring]');
    await visit('/account', '[data-testid=sign-form]', '/account, logged out');
    await register(page, site.url, 'maria');
    await page.getByTestId('create-key').click();
    await page.getByTestId('new-key').waitFor();
    await page.getByTestId('claim-peers').click();
    await expect(page.getByTestId('peers').getByRole('listitem')).toHaveCount(2);
    await page.getByTestId('statement-entry').first().waitFor();
    await look(page, '/account, logged in');
    await visit('/pools', '[data-testid=pool-form]', '/pools, logged in');
    await visit('/admin', '[data-testid=token-form]', '/admin, logged out');
    await openAdmin(page, site);
    await look(page, '/admin, logged in');
    for (const part of ['accounts', 'tabs', 'jobs', 'pools', 'acts']) {
      await showAdmin(page, part);
      await look(page, `/admin, ${part}`);
    }
    // What was found of a state, in one list: each is a text to be moved into a catalogue.
    expect(found.join('\n')).toBe('');
  } finally {
    await site.close();
  }
});

test('German is spoken where the browser prefers it, and no page is wider than a small phone', async ({ browser }) => {
  test.setTimeout(LIMIT_MS);
  const site = await openSite(inGerman(browser), { stages: 1 });
  try {
    const fits = async (page: Page, sentence: string, state: string) => {
      await expect(page.locator('html'), state).toHaveAttribute('lang', 'de');
      await expect(page.getByRole('navigation', { name: 'Hauptmenü' }).getByRole('link')).toHaveText([
        ...['Chat', 'Verleihen', 'Pools', 'Konto'],
      ]);
      await expect(page.locator('body'), state).toContainText(sentence);
      await page.setViewportSize({ width: 320, height: 700 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${state} at 320 px`).toBeLessThanOrEqual(320);
    };
    const stage = await site.openStage({ auto: '0' });
    await expect(stage.getByTestId('join-button')).toHaveText('Diesen Tab verleihen');
    await fits(stage, 'Er hält einige Teile eines Modells', '/join, asked');
    await stage.getByTestId('join-button').click();
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await fits(stage, 'Dein Tab hält', '/join, lending');
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    await fits(chat, 'Gespräche', '/chat, answered');
    const page = await stage.context().newPage();
    for (const [path, sentence] of [
      ['/', 'Ein Sprachmodell, gemeinsam gehalten von vielen Browsertabs.'],
      ['/pitch', 'Was nicht gelöst ist'],
      ['/docs', 'Die Dokumente sind auf Englisch.'],
      ['/docs/architecture', 'The house'],
      ['/docs/reference', 'So beschreibt sich dieser Server, auf Englisch.'],
      ['/nowhere', 'Unter dieser Adresse gibt es keine Seite.'],
      ['/pools', '1 Tab rechnet 8 Schichten.'],
      [poolOf(site), 'Der Ring'],
      ['/network', 'Teile 1–8: 1 Tab.'],
      ['/account', 'Ein Konto hat ein Guthaben.'],
      ['/admin', 'Dein Betreiberschlüssel'],
    ] as const) {
      await page.goto(`${site.url}${path}`);
      await fits(page, sentence, path);
    }
  } finally {
    await site.close();
  }
});

test('a language that was chosen holds after a reload, and on every page of the browser', async ({ browser }) => {
  test.setTimeout(LIMIT_MS);
  const site = await openSite(browser);
  try {
    const page = await site.openStage({ auto: '0' });
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toHaveText('Lend this tab');
    await page.getByTestId('language').selectOption('de');
    await expect(heading).toHaveText('Diesen Tab verleihen');
    await expect(page).toHaveTitle(/^Verleihen/);
    await page.reload();
    await expect(heading).toHaveText('Diesen Tab verleihen');
    await page.goto(`${site.url}/pools`);
    await expect(page.getByText('Alle Pools').or(page.getByText('Einen Pool anlegen'))).toBeVisible();
    await page.getByTestId('language').selectOption('en');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await page.reload();
    await expect(page.getByText('Make a pool')).toBeVisible();
  } finally {
    await site.close();
  }
});
