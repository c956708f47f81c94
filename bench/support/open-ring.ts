// A ring for a scenario: a server, its stage tabs, and a driver in a tab of its own. With or without the relay in between.
import type { Page } from '@playwright/test';
import { openSite } from '../../e2e/support/site.ts';
import type { ServerOptions } from '../../signaling/start-server.ts';
import { type BenchModel, LENT_BYTES } from './bench-models.ts';
import type { RingAnswer, RingRun } from './drive-ring.ts';
import type { BenchLab } from './open-bench-lab.ts';

export interface BenchRing {
  /** Address of the site. */
  url: string;
  /** Layers of each stage. */
  seats: { start: number; end: number }[];
  /** Only what the driver and the stages send each other takes so long. All of it must cross the relay. */
  keepDriverAway(oneWayMs: number): Promise<void>;
  run(run: RingRun): Promise<RingAnswer[]>;
  loadDrafter(run: RingRun): Promise<void>;
  close(): Promise<void>;
}

export interface RingOptions {
  model: BenchModel;
  stages: number;
  /** Default true: what the tabs send each other crosses the relay. */
  isRelayed?: boolean;
  order: { promptTokens: number; maxTokens: number };
}

/** Credits are not what is measured, and all tabs come from one address. */
const GENEROUS: Partial<ServerOptions> = {
  welcomeMicros: 10_000_000_000,
  welcomesPerAddressPerDay: 1000,
  maxQueue: 1000,
  maxQueuePerAccount: 1000,
  ratePerMinute: 100_000,
};
/** Several tabs load a model side by side on two cores. */
const OPEN_TIMEOUT_MS = 60_000;

export async function openRing(bench: BenchLab, options: RingOptions): Promise<BenchRing> {
  const { model, stages, isRelayed = true, order } = options;
  const browser = isRelayed ? bench.lab.browser : bench.browser;
  const { modelsDir } = model;
  const driver = bench.lab.contexts();
  const page = await bench.openPage('drive-ring.ts', { modelsDir, browser });
  // The driver's page is another site's: the server has let it in.
  const corsOrigins = [new URL(page.url()).origin];
  const site = await openSite(browser, { stages, model: model.model, modelsDir, corsOrigins, ...GENEROUS });
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await page.context().close();
    await site.close();
  };
  bench.atEnd(close);
  const { repo, revision, dtype } = model.model;
  const packed: Record<string, string> = model.isPacked ? { packed: '1' } : {};
  const failures: Promise<never>[] = [];
  const stagePages: Page[] = [];
  for (let index = 0; index < stages; index++) {
    const stage = await site.openStage({ model: repo, revision, dtype, memoryMb: String(LENT_BYTES / 1e6), ...packed });
    stagePages.push(stage);
    failures.push(failureOf(stage));
  }
  const terms = { origin: site.url, model: model.model, order };
  const late = new Promise<never>((_, reject) => {
    const words = `${stages} stages of ${repo} formed no coalition within ${OPEN_TIMEOUT_MS / 1000} s.`;
    const tell = async (): Promise<void> => reject(new Error([words, ...(await cardsOf(stagePages))].join('\n')));
    setTimeout(() => void tell(), OPEN_TIMEOUT_MS).unref();
  });
  const seats = await Promise.race([page.evaluate((given) => window.ring.open(given), terms), late, ...failures]);
  return {
    url: site.url,
    seats,
    async keepDriverAway(delayMs) {
      for (let stage = 1; stage <= stages; stage++) await bench.lab.reshapePair(driver, driver + stage, { delayMs });
    },
    run: (run) => page.evaluate((given) => window.ring.run(given), run),
    loadDrafter: (run) => page.evaluate((given) => window.ring.loadDrafter(given), run),
    close,
  };
}

/** What each stage's page says of itself. */
function cardsOf(pages: readonly Page[]): Promise<string[]> {
  return Promise.all(
    pages.map(async (page) => {
      const texts = await page
        .getByTestId('shard-card')
        .allInnerTexts()
        .catch(() => ['(away)']);
      return texts.join(' | ').replaceAll('\n', ' ').slice(0, 1000);
    }),
  );
}

/** Rejects with what a stage's page says when it gives up. */
async function failureOf(stage: Page): Promise<never> {
  const card = stage.locator('[data-testid="shard-card"][data-phase="failed"]').first();
  // A page that is closed in the end is no failure.
  await card.waitFor({ timeout: 0 }).catch(() => new Promise(() => {}));
  throw new Error(`A stage failed: ${(await card.innerText()).replaceAll('\n', ' ').slice(0, 1000)}`);
}
