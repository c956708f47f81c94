// Runs cells of the chaos matrix one by one, tells each as it ends, and keeps them in the receipt and docs/BENCHMARKS.md at once: a run that
// is broken off keeps what it has.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CELLS, selectCells } from '../bench/chaos/cells.ts';
import { closeNetworks } from '../bench/chaos/open-network.ts';
import { aimsOf, type CellRow, lineOf, mergeRows, putTable, toRow } from '../bench/chaos/report-cells.ts';
import { runCell } from '../bench/chaos/run-cell.ts';
import { UsageError } from '../signaling/config/usage-error.ts';
import { makeReceipt, type Receipt } from './bench/receipt.ts';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ROOT } from './install/ensure-installed.mjs';
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const HELP = `Lets every fault befall everyone whom it can, in real browsers with real WebRTC over links of 20 ms.

  npm run chaos -- [options]

  --list            names of all cells: FAULT ROLE PHASE
  --only <words>    cells whose name has all of these words; the receipt keeps the others as they were
  --rounds <number> so often each, in place of the cell's own number`;
const RECEIPT = join(ROOT, 'docs', 'receipts', 'chaos.json');
const INTERRUPTED = 130;
const TABLES = ['docs/BENCHMARKS.md', 'README.md'].map((path) => join(ROOT, path));

runMain(async () => {
  const { values } = parseArgs({
    options: {
      list: { type: 'boolean' },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || values.list) {
    console.log(values.help ? HELP : CELLS.map(({ name }) => name).join('\n'));
    return 0;
  }
  const cells = selectCells(values.only);
  if (cells.length === 0) throw new UsageError(`No cell has the words "${values.only}": --list names all.`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new UsageError('--rounds must be a whole number above 0.');
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void closeNetworks().finally(() => process.exit(INTERRUPTED)));
  }
  await ensureBuilt();
  const browser = await ensureBrowser();
  process.env.CHROMIUM_PATH = browser.path;
  const done: CellRow[] = [];
  for (const cell of cells) {
    const result = await runCell(rounds === undefined ? cell : { ...cell, rounds });
    const { commit } = makeReceipt(
      { name: 'chaos', table: [], results: [] },
      { bench: 'chaos', args: [], chromium: '' },
    );
    done.push(toRow(result, commit));
    console.log(lineOf(done.at(-1)!));
    keep(done, browser.version);
  }
  return done.every(({ isRight }) => isRight) ? 0 : 1;
});

function keep(done: readonly CellRow[], chromium: string): void {
  const earlier = existsSync(RECEIPT) ? (JSON.parse(readFileSync(RECEIPT, 'utf8')) as Receipt).results : undefined;
  const cells = mergeRows((earlier as { cells: CellRow[] } | undefined)?.cells ?? [], done);
  const args = process.argv.slice(2);
  const receipt = {
    ...makeReceipt(
      { name: 'chaos', table: [], aims: aimsOf(cells), results: { oneWayMs: 20, cells } },
      { bench: 'chaos', args, chromium },
    ),
    // Cells are run in parts; each has its commit and its rounds.
    command: 'npm run chaos',
  };
  writeFileSync(RECEIPT, `${JSON.stringify(receipt, undefined, 2)}\n`);
  for (const path of TABLES) writeFileSync(path, putTable(readFileSync(path, 'utf8'), cells));
}
