// Another commit's benches beside this one's: both checked out, each in turn runs the same bench, and their figures are
// compared pair by pair. So a change shows what it cost on a machine whose speed drifts.
import { execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { startProgress } from './support/bench-progress.ts';
import { FIGURES, type Figure, receiptOf } from './support/compared-figures.ts';
import { median, summarise } from './support/quantile.ts';

/** Noise of a median on a quiet machine is below it. */
const MOST_TIMES_BEFORE = 1.03;
/** A bench that failed has said more. */
const SAID_CHARS = 3_000;

interface Side {
  commit: string;
  folder: string;
}

/**
 * `--commit <before> --bench <name,name> --pairs <n>`; this side is HEAD. What follows `--` goes to each bench. `--carry <file>`: that
 * file of HEAD takes the place of the earlier one, where a bench measures what it did not before.
 */
export default async function run(args: string[]): Promise<BenchResult> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...{ commit: { type: 'string' }, bench: { type: 'string' }, pairs: { type: 'string', default: '5' } },
      carry: { type: 'string', multiple: true, default: [] },
    },
  });
  if (!values.commit) throw new Error('Say which commit to compare with: --commit <name>.');
  const benches = (values.bench ?? Object.keys(FIGURES).join(',')).split(',');
  const unknown = benches.find((name) => !FIGURES[name]);
  if (unknown) throw new Error(`Nothing is compared of ${unknown}; choose among ${Object.keys(FIGURES).join(', ')}.`);
  const home = mkdtempSync(join(tmpdir(), 'computepool-against-'));
  try {
    const before = checkOut(values.commit, join(home, 'before'));
    const now = checkOut('HEAD', join(home, 'now'));
    for (const file of values.carry) cpSync(join(now.folder, file), join(before.folder, file));
    const measured = await measure(benches, { before, now }, { pairs: Number(values.pairs), args: positionals });
    // What the benches of this side wrote is as good as if they had been run alone.
    for (const bench of benches) {
      const receipt = join('docs', 'receipts', `${receiptOf(bench, positionals)}.json`);
      cpSync(join(now.folder, receipt), receipt);
    }
    const pairs = Number(values.pairs);
    return report(measured, { before: before.commit, now: now.commit, pairs, args: positionals });
  } finally {
    for (const name of ['before', 'now']) git('worktree', 'remove', '--force', join(home, name));
    rmSync(home, { recursive: true, force: true });
  }
}

function checkOut(commit: string, folder: string): Side {
  git('worktree', 'add', '--detach', folder, commit);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return { commit: git('-C', folder, 'rev-parse', 'HEAD').trim(), folder };
}

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' });

interface Compared extends Figure {
  bench: string;
  before: number[];
  now: number[];
}

async function measure(
  benches: readonly string[],
  { before, now }: Record<'before' | 'now', Side>,
  { pairs, args }: { pairs: number; args: readonly string[] },
): Promise<Compared[]> {
  const progress = startProgress(benches.length * pairs);
  const all: Compared[] = [];
  for (const bench of benches) {
    const figures = FIGURES[bench]!.map((figure) => ({
      ...figure,
      bench,
      before: [] as number[],
      now: [] as number[],
    }));
    for (let pair = 0; pair < pairs; pair++) {
      // Turn about, so that a machine that gets slower within a pair favours neither.
      const order = pair % 2 === 0 ? [before, now] : [now, before];
      for (const side of order) {
        const results = await runBench(bench, side.folder, args);
        for (const figure of figures) figure[side === before ? 'before' : 'now'].push(figure.read(results));
      }
      progress.step(`${bench}: ${figures.map((each) => ratiosOf(each).at(-1)!.toFixed(3)).join(' ')}`);
    }
    all.push(...figures);
  }
  progress.done();
  return all;
}

/** What its receipt holds. Each side writes into its own checkout. */
async function runBench(bench: string, folder: string, args: readonly string[]): Promise<unknown> {
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe'];
  const child = spawn(process.execPath, ['tools/bench.mjs', bench, ...args], { cwd: folder, stdio });
  let said = '';
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-SAID_CHARS);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${bench} ended with ${code}; the last that it said:\n${said}`);
  return JSON.parse(readFileSync(join(folder, 'docs', 'receipts', `${receiptOf(bench, args)}.json`), 'utf8')).results;
}

/** Cost of now in costs of before, per pair: above 1 is worse. */
const ratiosOf = ({ before, now, isRate }: Compared): number[] =>
  now.map((value, pair) => (isRate ? before[pair]! / value : value / before[pair]!));

interface Setting {
  before: string;
  now: string;
  pairs: number;
  /** What each bench was given. */
  args: readonly string[];
}

function report(compared: readonly Compared[], setting: Setting): BenchResult {
  const rows = compared.map((each) => ({ ...each, ratio: summarise(ratiosOf(each)) }));
  const isAll = Object.keys(FIGURES).every((bench) => rows.some((row) => row.bench === bench));
  return {
    // Some of the benches alone do not take the place of all.
    name: [
      ...['against', setting.before.slice(0, 7), ...(isAll ? [] : [...new Set(rows.map(({ bench }) => bench))])],
      ...setting.args.filter((arg) => !arg.startsWith('-')),
    ].join('-'),
    table: rows.map(({ bench, what, before, now, ratio }) => ({
      bench,
      what,
      before: median(before).toPrecision(4),
      now: median(now).toPrecision(4),
      'cost now / before': ratio.median.toFixed(3),
      'from to': ratio.range.map((each) => each.toFixed(3)).join(' to '),
    })),
    aims: rows.map(({ bench, what, ratio, mostMore, before, now }) =>
      mostMore === undefined
        ? atMost(`${bench}: ${what}, of before`, MOST_TIMES_BEFORE, ratio.median)
        : atMost(`${bench}: ${what}, more than before`, mostMore, median(now) - median(before)),
    ),
    results: { setting, figures: rows.map(({ read, ...row }) => row) },
  };
}
