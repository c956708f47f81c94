// The property of settlement at a million made-up answers, adversaries in them: none of the rules is broken. Counts, and measures
// nothing but how long that takes.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { checkSettlement } from '../signaling/settlement/settlement-property.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { startProgress } from './support/bench-progress.ts';

const PARTS = 50;

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { runs: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
  });
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const runs = Math.ceil(Number(values.runs) / PARTS);
  const progress = startProgress(PARTS);
  const startedMs = performance.now();
  for (let part = 0; part < PARTS; part += 1) {
    checkSettlement({ runs, seed: seed + part });
    progress.step(`${(part + 1) * runs} answers`);
  }
  progress.done();
  const seconds = (performance.now() - startedMs) / 1000;
  const cases = runs * PARTS;
  return {
    name: 'settlement-property',
    table: [{ answers: cases, 'first seed': seed, seeds: PARTS, 'rules broken': 0, minutes: Math.round(seconds / 60) }],
    results: { cases, seed, seeds: PARTS, broken: 0, seconds },
  };
}
