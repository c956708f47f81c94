// What a measurement leaves behind: the figures with machine, commit and command. Pure but for asking the machine.
import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Aim } from './aim.ts';
import type { PlotSpec } from './plot-spec.ts';

/** What `bench/NAME.ts` exports as its default: measures and returns figures. */
export type Bench = (args: string[]) => Promise<BenchResult>;

export interface BenchResult {
  name: string;
  /** For people: one object per row, the same fields in each. */
  table: Record<string, string | number>[];
  /** Where the measurement was to reach something. */
  aims?: readonly Aim[];
  /** Drawn into `docs/plots/`. */
  plot?: PlotSpec;
  /** For programs: whatever JSON holds. */
  results: unknown;
}

export interface Receipt {
  name: string;
  date: string;
  command: string;
  commit: string;
  /** Tracked files differed from the commit: the figures are not the commit's alone. */
  dirty: boolean;
  machine: {
    cpu: string;
    cores: number;
    memoryBytes: number;
    os: string;
    node: string;
    chromium: string;
  };
  aims?: readonly Aim[];
  plot?: PlotSpec;
  results: unknown;
}

/** `bench` is the name that the command line gives; a bench may write receipts of several names. */
export function makeReceipt(
  { name, aims, plot, results }: BenchResult,
  { bench, args, chromium }: { bench: string; args: readonly string[]; chromium: string },
): Receipt {
  return {
    name,
    date: new Date().toISOString(),
    command: ['npm run bench --', bench, ...args].join(' '),
    commit: git('rev-parse', 'HEAD') || 'unknown',
    dirty: git('status', '--porcelain', '--untracked-files=no') !== '',
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      os: `${platform()} ${release()} ${arch()}`,
      node: process.version,
      chromium,
    },
    ...(aims ? { aims } : {}),
    ...(plot ? { plot } : {}),
    results,
  };
}

/** Empty outside of a repository, or without git. */
function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
