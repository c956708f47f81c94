// One look at a page as different people have it: axe finds nothing in it, and it fits. `npm run test:looks` has all widths and colours.
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const LIGHT = { colorScheme: 'light', forcedColors: 'none' } as const;
const DARK = { colorScheme: 'dark', forcedColors: 'none' } as const;
const FORCED = { colorScheme: 'dark', forcedColors: 'active' } as const;
const WHOLE = [390, 820, 1440].flatMap((width) => [LIGHT, DARK, FORCED].map((colours) => ({ width, ...colours })));
const QUICK = [
  { width: 390, ...DARK },
  { width: 1440, ...LIGHT },
];
/** Where pictures of each look are kept, for people. */
const PICTURES = process.env.PICTURES;
const LOOKS = process.env.ALL_LOOKS ? WHOLE : QUICK;

interface Look {
  width: number;
  colorScheme: 'light' | 'dark';
  forcedColors: 'none' | 'active';
}

/** Nothing that keeps anybody out, and nothing wider than the window. */
export async function look(page: Page, state: string): Promise<void> {
  for (const each of LOOKS) await lookOnce(page, state, each);
}

async function lookOnce(page: Page, state: string, { width, colorScheme, forcedColors }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme, forcedColors });
  const where = `${state} at ${width}, ${colorScheme}, forced colours ${forcedColors}`;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${where}: wider than the window`).toBeLessThanOrEqual(0);
  if (PICTURES) {
    const name = `${state} ${width} ${colorScheme} ${forcedColors}`.replaceAll(/[^a-z0-9]+/gi, '-');
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }
  const builder = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  // Colours that the system forces are not ours to measure.
  if (forcedColors === 'active') builder.disableRules('color-contrast');
  const { violations } = await builder.analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`);
  expect(told, where).toEqual([]);
}

/** Its words are longer: a phone has the least room for them. Whatever was open on the page closes. */
export async function lookInGerman(page: Page, state: string): Promise<void> {
  if (!process.env.ALL_LOOKS) return;
  await page.getByTestId('language').selectOption('de');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await lookOnce(page, `${state}, in German`, { width: 390, ...LIGHT });
  await page.getByTestId('language').selectOption('en');
}
