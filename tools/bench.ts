// Runs one measurement of bench/, writes its receipt, draws its plot and keeps docs/BENCHMARKS.md up to date. Plots and
// summary can be made again from receipts alone.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../signaling/config/usage-error.ts';
import { drawPlots } from './bench/draw-plots.ts';
import { formatRows } from './bench/format-rows.ts';
import { type Bench, makeReceipt, type Receipt } from './bench/receipt.ts';
import { putSummary } from './bench/summarise-receipts.ts';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ROOT } from './install/ensure-installed.mjs';
import { runMain } from './terminal/run-main.ts';

const RECEIPTS = join('docs', 'receipts');
const PLOTS = join('docs', 'plots');
const SUMMARY = join('docs', 'BENCHMARKS.md');

const USAGE = [
  'npm run bench -- NAME [options]   measures; writes a receipt, its plot and the summary',
  'npm run bench -- --plots          draws all plots again, from the receipts',
  'npm run bench -- --summary        writes the summary again, from the receipts',
  '',
];

runMain(async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = listBenches();
  if (name === undefined || name === '--help') {
    console.log([...USAGE, ...names.map((each) => `  ${each}`)].join('\n'));
    return 0;
  }
  if (name === '--summary') return summarise();
  if (name === '--plots') return drawAll(readReceipts());
  if (!names.includes(name)) {
    throw new UsageError(`There is no bench "${name}". There are: ${names.join(', ') || 'none yet'}.`);
  }
  const browser = await ensureBrowser();
  // A bench launches the same browser that its receipt names.
  process.env.CHROMIUM_PATH = browser.path;
  const { default: run } = (await import(`../bench/${name}.ts`)) as { default?: Bench };
  if (!run)
    throw new UsageError(`bench/${name}.ts has no default export: give it one, (args) => Promise<BenchResult>.`);
  const result = await run(args);
  const receipt = makeReceipt(result, { bench: name, args, chromium: browser.version });
  const path = join(RECEIPTS, `${result.name}.json`);
  mkdirSync(join(ROOT, RECEIPTS), { recursive: true });
  writeFileSync(join(ROOT, path), `${JSON.stringify(receipt, undefined, 2)}\n`);
  const aims = (result.aims ?? []).map(({ met, ...aim }) => ({ ...aim, met: met ? 'yes' : 'no' }));
  const tables = [result.table, aims].filter((table) => table.length > 0);
  console.log([...tables.flatMap((table) => [...formatRows(table), '']), `Receipt: ${path}`].join('\n'));
  await drawAll([receipt]);
  return summarise();
});

async function drawAll(receipts: readonly Receipt[]): Promise<number> {
  const drawn = receipts.flatMap(({ name, plot }) => (plot ? [{ path: join(PLOTS, `${name}.svg`), plot }] : []));
  if (drawn.length === 0) return 0;
  const plots = drawn.map(({ plot }) => plot);
  const texts = await drawPlots(plots, (await ensureBrowser()).path);
  mkdirSync(join(ROOT, PLOTS), { recursive: true });
  for (const [at, { path }] of drawn.entries()) {
    writeFileSync(join(ROOT, path), texts[at]!);
    console.log(`Plot: ${path}`);
  }
  return 0;
}

function summarise(): number {
  const path = join(ROOT, SUMMARY);
  writeFileSync(path, putSummary(readFileSync(path, 'utf8'), readReceipts()));
  console.log(`Written: ${SUMMARY}`);
  return 0;
}

function readReceipts(): Receipt[] {
  return readdirSync(join(ROOT, RECEIPTS))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(ROOT, RECEIPTS, file), 'utf8')) as Receipt);
}

/** Benches are the files right below bench/; what they share is in folders there. */
function listBenches(): string[] {
  return readdirSync(join(ROOT, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort();
}
