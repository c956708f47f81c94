// What each step of a paid session costs: gas as forge measures it on Superfluid's own contracts, and what that comes to on each chain
// of the table, in dollars and seconds. The dollars and the seconds are reckoned from the table, and say so.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAINS, type Chain } from '../protocol/chains.ts';
import { type Aim, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ROOT } from '../tools/install/ensure-installed.mjs';

const OPERATORS = [1, 4, 16] as const;
/** By the names that `contracts/test/Gas.t.sol` gives them. */
const STEPS = {
  fund: ['fund'],
  open: ['open'],
  're-rate': ['re-rate'],
  tick: ['pay up while it streams'],
  close: ['close'],
  units: ['seat all'],
  'one payment at the end': ['fund', 'settle'],
  'one payment at the end, split': ['fund', 'settle, split'],
  'a stream': ['fund', 'open', 'close'],
} as const;
type Step = keyof typeof STEPS;

export default async function run(): Promise<BenchResult> {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'contracts.mjs'), 'gas'], { cwd: ROOT, stdio: 'inherit' });
  const measured = new Map(OPERATORS.map((operators) => [operators, readGas(operators)]));
  const gasOf = (step: Step, operators: (typeof OPERATORS)[number]): number =>
    STEPS[step].reduce((sum, name) => sum + measured.get(operators)![name]!, 0);
  const steps = (Object.keys(STEPS) as Step[]).map((step) => ({
    step,
    ...Object.fromEntries(OPERATORS.map((operators) => [`${operators} operators`, gasOf(step, operators)])),
  }));
  const chains = CHAINS.map((chain) => reckon(chain, gasOf));
  const most = (step: Step): number => Math.max(...OPERATORS.map((operators) => gasOf(step, operators)));
  const aims: Aim[] = [
    atMost('gas to open a stream, 1 to 16 operators', 750_000, most('open')),
    atMost('gas to close one, 1 to 16 operators', 900_000, most('close')),
    atMost('gas of one payment at the end in all, 1 to 16 operators', 600_000, most('one payment at the end')),
  ];
  return { name: 'session-gas', aims, table: steps, results: { steps, reckonedPerChain: chains } };
}

const readGas = (operators: number): Record<string, number> => {
  const text = readFileSync(join(ROOT, 'contracts', 'snapshots', `operators-${operators}.json`), 'utf8');
  return Object.fromEntries(Object.entries(JSON.parse(text) as object).map(([name, gas]) => [name, Number(gas)]));
};

/** Dollars by step and number of operators. What a rollup posts to its parent comes on top. */
function reckon(chain: Chain, gasOf: (step: Step, operators: (typeof OPERATORS)[number]) => number) {
  const dollars = (step: Step): [Step, Record<number, number>] => [
    step,
    Object.fromEntries(OPERATORS.map((count) => [count, (gasOf(step, count) * chain.dollarsPerMillionGas) / 1e6])),
  ];
  return {
    chain: chain.name,
    isTestMoney: chain.dollarsPerMillionGas === 0,
    dollars: Object.fromEntries((Object.keys(STEPS) as Step[]).map(dollars)),
    bufferSeconds: chain.liquidationSeconds,
    confirmedSeconds: chain.blockSeconds * (chain.confirmations + 1),
  };
}
