// Nobody is kept out: axe finds nothing on any page, in any state shown here, at three widths, in light, dark and forced colours, and in
// German. Each run has a phone in the dark, a tablet whose colours are forced and a wide window in the light; `npm run test:looks` has all.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { ask, chatReady, openSite } from './support/site.ts';

const LIGHT = { colorScheme: 'light', forcedColors: 'none' } as const;
const DARK = { colorScheme: 'dark', forcedColors: 'none' } as const;
const FORCED = { colorScheme: 'dark', forcedColors: 'active' } as const;
const WHOLE = [390, 820, 1440].flatMap((width) => [LIGHT, DARK, FORCED].map((colours) => ({ width, ...colours })));
const QUICK = [
  { width: 390, ...DARK },
  { width: 820, ...FORCED },
  { width: 1440, ...LIGHT },
];
const LOOKS = process.env.ALL_LOOKS ? WHOLE : QUICK;

interface Look {
  width: number;
  colorScheme: 'light' | 'dark';
  forcedColors: 'none' | 'active';
}

async function look(page: Page, state: string): Promise<void> {
  for (const each of LOOKS) await lookOnce(page, state, each);
}

async function lookOnce(page: Page, state: string, { width, colorScheme, forcedColors }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme, forcedColors });
  const where = `${state} at ${width}, ${colorScheme}, forced colours ${forcedColors}`;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${where}: wider than the window`).toBeLessThanOrEqual(0);
  const builder = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  // Colours that the system forces are not ours to measure.
  if (forcedColors === 'active') builder.disableRules('color-contrast');
  const { violations } = await builder.analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`);
  expect(told, where).toEqual([]);
}

/** Its words are longer: a phone has the least room for them. Whatever was open on the page closes. */
async function lookInGerman(page: Page, state: string): Promise<void> {
  await page.getByTestId('language').selectOption('de');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await lookOnce(page, `${state}, in German`, { width: 390, ...LIGHT });
  await page.getByTestId('language').selectOption('en');
}

test('no page keeps anybody out', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage({ auto: '0' });
    await expect(stage.getByTestId('join-button')).toBeVisible();
    await look(stage, '/join, asked');
    await lookInGerman(stage, '/join, asked');
    for (const place of ['/', '/pools', '/account']) {
      const page = await stage.context().newPage();
      await page.goto(`${site.url}${place}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await look(page, place);
      await lookInGerman(page, place);
      await page.close();
    }
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await expect(chat.getByTestId('chat-state')).toHaveAttribute('data-phase', 'no-stages');
    await look(chat, '/chat, nobody there');
    await stage.getByTestId('join-button').click();
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await look(stage, '/join, serving');
    await lookInGerman(stage, '/join, serving');
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    await look(chat, '/chat, answered');
    await lookInGerman(chat, '/chat, answered');
    await chat.getByTestId('answer-stats').locator('summary').click();
    await chat.getByTestId('conversations').click();
    await look(chat, '/chat, all of it open');
  } finally {
    await site.close();
  }
});
