// The server that is fuzzed or attacked, in a process of its own: a fault that would end it ends this one, and its memory is
// nobody else's. Answers questions of its parent about what only the inside shows. The options come as JSON.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, sql } from 'drizzle-orm';
import { batches, batchItems } from '../../signaling/batches/tables.ts';
import { openDatabase } from '../../signaling/db/open-database.ts';
import { jobs } from '../../signaling/jobs/tables.ts';
import { testReader } from '../../signaling/models/test-reader.ts';
import { startServer } from '../../signaling/start-server.ts';
import type { TargetOptions, TargetQuestion, TargetState } from './target.ts';

/** A market pool's routes are asked as well where what a chain needs is installed (`npm ci --prefix contracts`). */
async function openMarket() {
  if (!existsSync(join('contracts', 'node_modules', '@foundry-rs'))) return {};
  const folder = mkdtempSync(join(tmpdir(), 'computepool-fuzz-'));
  const { openLocalChain } = await import('../chain/local-chain.ts');
  const { url, deploymentFile, keyFile } = await openLocalChain(folder);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return { chain: { key: 'local' as const, url, deploymentFile, keyFile } };
}

async function start() {
  const { manifest, ...options } = JSON.parse(process.argv[2] ?? '{}') as TargetOptions;
  const { db, ...database } = await openDatabase({ memory: true });
  const server = await startServer({
    canary: false,
    ...(await openMarket()),
    ...options,
    database: { db, ...database },
    reader: testReader(manifest),
  });
  return { db, server };
}

const started = start();

async function readState(): Promise<TargetState> {
  const { db, server } = await started;
  const { platform, snapshot } = server;
  const nameOf = sql<string>`${jobs.source} || ' ' || ${jobs.state}`;
  const byState = await Promise.all([
    db.select({ name: nameOf, rows: count() }).from(jobs).groupBy(nameOf),
    db.select({ name: batches.status, rows: count() }).from(batches).groupBy(batches.status),
    db.select({ name: batchItems.state, rows: count() }).from(batchItems).groupBy(batchItems.state),
  ]);
  const [ofJobs, ofBatches, ofItems] = byState.map((rows) =>
    Object.fromEntries(rows.map(({ name, rows }) => [name, rows])),
  );
  return {
    totals: await platform.ledger.totals(),
    jobs: ofJobs!,
    batches: ofBatches!,
    batchItems: ofItems!,
    live: platform.jobs.load(),
    pools: snapshot().pools.length,
    peers: snapshot().peers,
  };
}

function measure(): NodeJS.MemoryUsage {
  // What a first collection lets go may hold more that only a second one finds.
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage();
}

const answers: Record<TargetQuestion, () => unknown> = {
  url: async () => (await started).server.url,
  state: readState,
  memory: measure,
  end: async () => (await started).server.platform.close(0),
  close: async () => (await started).server.close(),
};

process.on('message', async ({ id, ask }: { id: number; ask: TargetQuestion }) => {
  const answer = await answers[ask]();
  process.send?.({ id, answer }, () => {
    if (ask === 'close') process.exit(0);
  });
});
// Nobody is left to serve.
process.on('disconnect', () => process.exit(1));
