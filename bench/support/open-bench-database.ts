// The databases that a bench measures, each fresh and with what it promises: PGlite in a folder, and PostgreSQL.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type OpenDatabase, openDatabase } from '../../signaling/db/open-database.ts';
import { ensurePostgres } from '../../tools/postgres/ensure-postgres.ts';
import { startPostgres } from '../../tools/postgres/start-postgres.ts';

export interface BenchDatabase extends OpenDatabase {
  name: string;
  /** The server's setting: whether a commit waits for the disk. */
  durability: string;
}

export async function openPgliteFolder(): Promise<BenchDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-bench-'));
  const opened = await openDatabase({ dataDir });
  return {
    ...opened,
    ...{ name: 'PGlite in a folder', durability: await durabilityOf(opened) },
    close: async () => {
      await opened.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/**
 * At `TEST_DATABASE_URL`, or a server for tests that is started here. That one never waits for the disk, which flatters
 * it: `durability` says so. For figures of a server that may lose power, name one.
 */
export async function openPostgresServer(): Promise<BenchDatabase> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? undefined : await startPostgres(await ensurePostgres());
  const admin = new pg.Client({ connectionString: given ?? server!.url });
  // Whoever stops the server meanwhile ends this connection too.
  admin.on('error', () => {});
  await admin.connect();
  const database = `computepool_bench_${randomBytes(8).toString('hex')}`;
  await admin.query(`create database ${database}`);
  const url = new URL(given ?? server!.url);
  url.pathname = `/${database}`;
  const opened = await openDatabase({ url: url.href });
  return {
    ...opened,
    ...{ name: 'PostgreSQL', durability: await durabilityOf(opened) },
    close: async () => {
      await opened.close();
      await admin.query(`drop database if exists ${database} with (force)`);
      await admin.end();
      await server?.stop();
    },
  };
}

async function durabilityOf({ db }: OpenDatabase): Promise<string> {
  const { rows } = (await db.execute(
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as waits, version()",
  )) as unknown as { rows: { fsync: string; waits: string; version: string }[] };
  const { fsync, waits, version } = rows[0]!;
  return `fsync ${fsync}, synchronous_commit ${waits}, ${version.split(' on ')[0]}`;
}
