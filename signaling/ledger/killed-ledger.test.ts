// SIGKILL at random moments: what was acknowledged is there, the sums are right, and doing the rest again does it once.
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { DatabaseLocation } from '../config/config-types.ts';
import { openDatabase } from '../db/open-database.ts';
import { createLedger } from './create-ledger.ts';
import { ledgerEvents } from './tables.ts';
import { expectSound } from './test-ledger.ts';
import {
  COLLECTOR,
  chargedBy,
  GRANT_MICROS,
  keyOf,
  type Operation,
  PAYER,
  peerOwners,
  sequencesOf,
} from './test-operations.ts';

const WRITER = fileURLToPath(new URL('./test-writer.ts', import.meta.url));
const JOBS = 100;
/** Each costs two openings, and PGlite's take a second and more. */
const KILLS = { pglite: 2, postgres: 3 };
/** Operations that a writer goes on with while its parent is late to kill it. */
const MORE_BEFORE_THE_KILL = 12;
const TIMEOUT_MS = 180_000;
const OPTIONS = { welcomeMicros: GRANT_MICROS, welcomesPerAddressPerDay: 1 };

const serverUrl = process.env.TEST_DATABASE_URL;

test('on PGlite', { timeout: TIMEOUT_MS, concurrent: true }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-kill-'));
  try {
    await surviveKills({ dataDir }, KILLS.pglite);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test.skipIf(!serverUrl)(
  'on PostgreSQL (with TEST_DATABASE_URL)',
  { timeout: TIMEOUT_MS, concurrent: true },
  async () => {
    const name = `computepool_test_${randomBytes(8).toString('hex')}`;
    const admin = new pg.Client({ connectionString: serverUrl });
    await admin.connect();
    try {
      await admin.query(`create database ${name}`);
      const url = new URL(serverUrl!);
      url.pathname = `/${name}`;
      await surviveKills({ url: url.href }, KILLS.postgres);
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    }
  },
);

async function surviveKills(database: DatabaseLocation, kills: number): Promise<void> {
  let lanes: Operation[][] = sequencesOf(JOBS);
  const total = lanes.flat().length;
  const done = new Set<Operation>();
  const left = (): Operation[][] =>
    lanes.map((lane) => lane.filter((each) => !done.has(each))).filter((lane) => lane.length > 0);
  for (let kill = 0; kill < kills; kill += 1) {
    const { acknowledged, wasKilled } = await write(database, left(), 10 + randomInt(Math.floor(total / (kills + 2))));
    expect(wasKilled).toBe(true);
    for (const each of acknowledged) done.add(each);
    await within(database, async (ledger, { db }) => {
      await expectSound(db, ledger);
      const keys = new Set((await db.select({ key: ledgerEvents.key }).from(ledgerEvents)).map(({ key }) => key));
      const promised = [...done].map(keyOf).filter((key) => key !== undefined);
      expect(promised.filter((key) => !keys.has(key))).toEqual([]);
    });
  }
  lanes = left();
  expect(lanes.length).toBeGreaterThan(0);
  expect((await write(database, lanes)).wasKilled).toBe(false);
  await within(database, async (ledger, { db }) => {
    await expectSound(db, ledger);
    const charged = chargedBy(JOBS);
    expect(await ledger.balanceOf(PAYER)).toEqual({ availableMicros: GRANT_MICROS - charged, heldMicros: 0 });
    const payees = await Promise.all([COLLECTOR, ...peerOwners].map((owner) => ledger.balanceOf(owner)));
    expect(payees.reduce((sum, { availableMicros }) => sum + availableMicros, 0)).toBe(charged);
    expect(payees[0]!.availableMicros).toBeGreaterThan(0);
  });
}

async function within(
  options: DatabaseLocation,
  check: (ledger: ReturnType<typeof createLedger>, database: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(options);
  try {
    await check(createLedger(database.db, OPTIONS), database);
  } finally {
    await database.close();
  }
}

/** Runs a writer; kills it after about so many acknowledgements, in the middle of what it does then. */
async function write(
  database: DatabaseLocation,
  lanes: readonly Operation[][],
  killAfter?: number,
): Promise<{ acknowledged: Operation[]; wasKilled: boolean }> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal));
  });
  const most = killAfter && killAfter + MORE_BEFORE_THE_KILL;
  child.stdin.end(JSON.stringify({ database, lanes, most }));
  const acknowledged: Operation[] = [];
  let isFinished = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'finished') isFinished = true;
    else if (line !== 'ready') acknowledged.push(line);
    // A moment that has nothing to do with when a commit ends.
    if (acknowledged.length === killAfter) setTimeout(() => child.kill('SIGKILL'), randomInt(4));
  }
  const signal = await ended;
  expect(signal === 'SIGKILL' || isFinished).toBe(true);
  return { acknowledged, wasKilled: signal === 'SIGKILL' };
}
