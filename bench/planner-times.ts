// How long one placement takes the server, by number of peers: on the clock, and in CPU time, which a busy machine does not
// change. No browser, no network: made-up peers from a seed.
import { parseArgs } from 'node:util';
import { seededRandom } from '../protocol/test-random.ts';
import { placeStages } from '../signaling/planner/place-stages.ts';
import { RttEstimator } from '../signaling/planner/rtt-estimator.ts';
import { EIGHT_B, randomWorld, SEVENTY_B, SMALL, type World } from '../signaling/planner/test-peers.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';

const COUNTS = [10, 100, 1000];
const MODELS = { 'fits one tab': SMALL, '8B in 4 bits': EIGHT_B, '70B in 4 bits': SEVENTY_B };
const CONTEXT_TOKENS = 4096;
/** Neighbours that each peer measured; the rest is estimated. */
const NEIGHBOURS = 16;

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed);
  const lanes = Object.entries(MODELS).flatMap(([model, manifest]) =>
    COUNTS.map((peers) => {
      const wallMs: number[] = [];
      const cpuMs: number[] = [];
      const stages: number[] = [];
      // Rounds 0 to 4 let the compiler warm up.
      for (let round = 0; round < rounds + 5; round += 1) {
        const { candidates, rtt } = measuredWorld(peers, seed * 10_000 + round);
        const cpu = process.cpuUsage();
        const startedMs = performance.now();
        const placed = placeStages({ manifest, candidates, rtt, contextTokens: CONTEXT_TOKENS });
        const tookMs = performance.now() - startedMs;
        const { user, system } = process.cpuUsage(cpu);
        if (round < 5) continue;
        wallMs.push(tookMs);
        // All threads' time, so it counts the garbage that the collector clears meanwhile; but not what else the machine does.
        cpuMs.push((user + system) / 1000);
        stages.push(placed.kind === 'placed' ? placed.stages.length : 0);
      }
      return { model, peers, wall: spread(wallMs), cpu: spread(cpuMs), stages: quantile(stages, 0.5) };
    }),
  );
  return {
    name: 'planner-times',
    table: lanes.map(({ model, peers, wall, cpu, stages }) => ({
      model,
      peers,
      'median ms': wall.medianMs.toFixed(2),
      'p99 ms': wall.p99Ms.toFixed(2),
      'median CPU ms': cpu.medianMs.toFixed(2),
      'p99 CPU ms': cpu.p99Ms.toFixed(2),
      'stages, median': stages,
    })),
    results: { setting: { rounds, seed, contextTokens: CONTEXT_TOKENS, neighboursMeasured: NEIGHBOURS }, lanes },
  };
}

/** Peers whose round trips the planner asks of the estimator, as the server's does: some pairs measured, the others estimated. */
function measuredWorld(count: number, seed: number): World {
  const { candidates, rtt } = randomWorld(count, seed);
  const random = seededRandom(seed);
  const rtts = new RttEstimator();
  for (let pass = 0; pass < 3; pass += 1) {
    for (const { peer } of candidates) {
      for (let at = 0; at < NEIGHBOURS; at += 1) {
        const other = candidates[Math.floor(random() * count)]!.peer;
        rtts.record(peer, other, rtt(peer, other) ?? 0, pass);
      }
    }
  }
  return { candidates, rtt: rtts.at(10) };
}

const spread = (samplesMs: readonly number[]) => ({
  medianMs: quantile(samplesMs, 0.5),
  p99Ms: quantile(samplesMs, 0.99),
  samplesMs,
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
