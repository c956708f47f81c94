// Runs one measurement of bench/ and writes its receipt.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatRows } from './bench/format-rows.ts';
import { type Bench, makeReceipt } from './bench/receipt.ts';
import { ensureBrowser } from './ensure-browser.ts';
import { ROOT } from './ensure-installed.mjs';
import { runMain } from './terminal/run-main.ts';
import { UsageError } from './terminal/usage-error.ts';

runMain(async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = listBenches();
  if (name === undefined || name === '--help') {
    console.log(['npm run bench -- NAME [options]\n', ...names.map((each) => `  ${each}`)].join('\n'));
    return 0;
  }
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
  const path = join('docs', 'receipts', `${result.name}.json`);
  mkdirSync(join(ROOT, 'docs', 'receipts'), { recursive: true });
  writeFileSync(
    join(ROOT, path),
    `${JSON.stringify(makeReceipt(result, { bench: name, args, chromium: browser.version }), undefined, 2)}\n`,
  );
  console.log([...formatRows(result.table), '', `Receipt: ${path}`].join('\n'));
  return 0;
});

/** Benches are the files right below bench/; what they share is in folders there. */
function listBenches(): string[] {
  return readdirSync(join(ROOT, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort();
}
