// Browser tests. They start the server themselves, each on a port of its own, so there is no webServer here.
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findBrowser } from './tools/browser/find-browser.ts';
import { launchFlags } from './tools/browser/launch-flags.ts';

const browser = findBrowser();
if (!browser) {
  throw new Error('No Chromium was found. Run npm test, which installs one, or set CHROMIUM_PATH to its executable.');
}

/** Specs with little to compute: their pages wait more than they work. Two side by side have a core each. */
const PAGES = [
  'account-journey',
  'admin',
  'axe',
  'before-lending',
  'bad-input',
  'codec',
  'first-tab',
  'hostile-peer',
  'idle-tab',
  'keyboard',
  'lab',
  'languages',
  'logins',
  'missing-format',
  'network',
  'openai-conformance',
  'offline',
  'other-clients',
  'pages',
  'plain-http',
  'pools-journey',
  'story',
  'two-pools',
  'widget',
  'widget-package',
  'window-frame',
  'wrong-clock',
].map((name) => `${name}.spec.ts`);

/** What would make every run longer than twenty minutes: `npm run test:journeys`. */
const JOURNEYS = [
  ...['account-journey', 'admin', 'before-lending', 'journeys', 'keyboard', 'leave-drains', 'missing-format'],
  ...['network', 'offline'],
  ...['own-tls', 'paid-chat', 'paid-elsewhere', 'paid-operator', 'story', 'widget', 'widget-package'],
].map((name) => `${name}.spec.ts`);
/** Nor what a software GPU takes long for: `npm run test:splits`. Each of its claims is in a shorter test, too. */
const SPLITS = ['webgpu-chat.spec.ts'];
const LEFT_OUT = [...(process.env.ALL_JOURNEYS ? [] : JOURNEYS), ...(process.env.ALL_SPLITS ? [] : SPLITS)];

export default defineConfig({
  testDir: 'e2e',
  // `*.test.ts` beside them are unit tests of what the specs share.
  testMatch: '*.spec.ts',
  // Ends what hangs, and nothing else: tests wait for what happens (`e2e/support/while-things-move.ts`).
  timeout: 15 * 60_000,
  expect: { timeout: 120_000 },
  // `npm test` runs one after the other, each to its end: a dependency would skip the second where a test of the first fails.
  // A run empties the folders of its projects alone.
  projects: [
    { name: 'pages', testMatch: PAGES, testIgnore: LEFT_OUT, outputDir: 'test-results/pages', workers: 2 },
    // Several tabs that compute, or a clock that looks at them: side by side they would starve each other.
    { name: 'tabs', testIgnore: [...PAGES, ...LEFT_OUT], outputDir: 'test-results/tabs', workers: 1 },
  ],
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? join('.cache', 'reports', 'browser.json') }],
  ],
  use: {
    headless: true,
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browser.path,
      args: launchFlags({ gpu: 'none', asRoot: process.getuid?.() === 0 }),
    },
  },
});
