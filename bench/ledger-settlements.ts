// Settlements per second: receipts of a three-stage job are weighed and paid out of its hold, each in a transaction of its
// own, one at a time and eight at once. Holds are made beforehand and measured apart.

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { JobId } from '../protocol/ids.ts';
import { createLedger } from '../signaling/ledger/create-ledger.ts';
import type { Ledger } from '../signaling/ledger/ledger-types.ts';
import { type AccountId, accountOwner, peerOwner } from '../signaling/ledger/owner.ts';
import { maxCost } from '../signaling/settlement/price-of.ts';
import { settle } from '../signaling/settlement/settle.ts';
import { epochOf, inputOf } from '../signaling/settlement/test-settlement.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { type BenchDatabase, openPgliteFolder, openPostgresServer } from './support/open-bench-database.ts';

const CONCURRENT = [1, 8];
/** Jobs of different payers, as on a busy server; their stages are the same few, whose balances all settlements change. */
const PAYERS = 8;
const SETTLEMENT = inputOf([{ used: epochOf(1, [0, 8, 16, 24]), tokens: 290 }]);

interface Sample {
  database: string;
  durability: string;
  concurrent: number;
  holdsPerSecond: number;
  settlementsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { jobs: { type: 'string', default: '400' }, rounds: { type: 'string', default: '3' } },
  });
  const jobs = Number(values.jobs);
  const rounds = Number(values.rounds);
  const samples: Sample[] = [];
  for (const open of [openPgliteFolder, openPostgresServer]) {
    const database = await open();
    try {
      await measure(database, Math.ceil(jobs / 4), 1);
      for (let round = 0; round < rounds; round += 1) {
        for (const concurrent of CONCURRENT) samples.push(await measure(database, jobs, concurrent));
      }
    } finally {
      await database.close();
    }
  }
  const weighUs = weigh();
  const names = [...new Set(samples.map(({ database }) => database))];
  const lanes = names.flatMap((database) =>
    CONCURRENT.map((concurrent) => {
      const own = samples.filter((each) => each.database === database && each.concurrent === concurrent);
      const { durability } = own[0]!;
      const holdsPerSecond = median(own.map((each) => each.holdsPerSecond));
      const settlementsPerSecond = median(own.map((each) => each.settlementsPerSecond));
      const [p50Ms, p99Ms] = [median(own.map((each) => each.p50Ms)), median(own.map((each) => each.p99Ms))];
      return { database, durability, concurrent, holdsPerSecond, settlementsPerSecond, p50Ms, p99Ms, samples: own };
    }),
  );
  return {
    name: 'ledger-settlements',
    table: lanes.map((lane) => ({
      database: lane.database,
      fsync: lane.durability.includes('fsync on') ? 'on' : 'off',
      concurrent: lane.concurrent,
      'settlements/s': Math.round(lane.settlementsPerSecond),
      'holds/s': Math.round(lane.holdsPerSecond),
      'p50 ms': Number(lane.p50Ms.toFixed(2)),
      'p99 ms': Number(lane.p99Ms.toFixed(2)),
    })),
    results: { setting: { jobs, rounds, payers: PAYERS, stages: 3 }, weighReceiptsUs: weighUs, lanes },
  };
}

async function measure({ db, name, durability }: BenchDatabase, jobs: number, concurrent: number): Promise<Sample> {
  const amountMicros = maxCost({ ...SETTLEMENT.most, price: SETTLEMENT.price });
  const welcomeMicros = Math.ceil(jobs / PAYERS) * amountMicros;
  const ledger = createLedger(db, { welcomeMicros, welcomesPerAddressPerDay: 1 });
  const payers = Array.from({ length: PAYERS }, () => accountOwner(randomBytes(8).toString('hex') as AccountId));
  for (const payer of payers) await ledger.welcome(payer, payer);
  const ids = Array.from({ length: jobs }, () => randomBytes(16).toString('hex') as JobId);
  const expiresAt = new Date(Date.now() + 3_600_000);
  const holds = await timed(ids, concurrent, (job, index) =>
    ledger.hold({ job, payer: payers[index % PAYERS]!, amountMicros, expiresAt }),
  );
  const settlements = await timed(ids, concurrent, (job) => settleOne(ledger, job));
  const times = settlements.timesMs.sort((a, b) => a - b);
  const { availableMicros, heldMicros, issuedMicros, openHolds } = await ledger.totals();
  if (openHolds > 0 || heldMicros > 0 || availableMicros !== issuedMicros) {
    throw new Error('The ledger does not balance: its speed means nothing.');
  }
  return {
    ...{ database: name, durability, concurrent },
    holdsPerSecond: jobs / (holds.totalMs / 1000),
    settlementsPerSecond: jobs / (settlements.totalMs / 1000),
    p50Ms: times[Math.floor(times.length * 0.5)]!,
    p99Ms: times[Math.floor(times.length * 0.99)]!,
  };
}

async function settleOne(ledger: Ledger, job: JobId): Promise<void> {
  const { payments } = settle(SETTLEMENT);
  await ledger.settle({
    job,
    payments: payments.map(({ peer, amountMicros }) => ({ to: peerOwner(peer), amountMicros })),
  });
}

async function timed(
  jobs: readonly JobId[],
  concurrent: number,
  work: (job: JobId, index: number) => Promise<void>,
): Promise<{ totalMs: number; timesMs: number[] }> {
  const timesMs: number[] = [];
  let next = 0;
  const startMs = performance.now();
  const lane = async (): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      const beganMs = performance.now();
      await work(jobs[index]!, index);
      timesMs.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
  return { totalMs: performance.now() - startMs, timesMs };
}

/** Microseconds of the pure part alone. */
function weigh(): number {
  const runs = 2000;
  const startMs = performance.now();
  for (let index = 0; index < runs; index += 1) settle(SETTLEMENT);
  return ((performance.now() - startMs) / runs) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
