// Opens the one database: PostgreSQL's dialect in both cases, embedded (PGlite) or a server (`pg`), and brings its schema
// up to date. Owns connections; knows no table.
import { fileURLToPath } from 'node:url';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import pg from 'pg';
import type { DatabaseLocation } from '../config/config-types.ts';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';
import { closeToOthers, hasDatabase } from './data-folder.ts';
import { openFault } from './database-faults.ts';
import { DURABLE_PARAMS, flushFiles } from './durable-pglite.ts';
import { keepEmpty, readEmpty } from './empty-database.ts';
import { makeFolder } from './make-folder.ts';
import { PatientPglite } from './patient-pglite.ts';

/** What every module asks for; the same over PGlite and PostgreSQL, and inside a transaction. */
export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  readonly db: Database;
  readonly kind: 'pglite' | 'postgres';
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /**
   * The embedded one as it is at one moment, with all that lies in its folder: a tar archive, gzipped, whole in memory. Undefined
   * for a server, which has programs of its own for that.
   */
  readonly dump?: (() => Promise<Blob>) | undefined;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Most connections to a PostgreSQL server: a ledger settlement holds one for a few milliseconds. */
const MAX_CONNECTIONS = 10;

/** Names the advisory lock of migrations; the letters "cpmg". */
const MIGRATE_LOCK = 0x63706d67;
/** Another server migrates in well under a second; a migration of a large table may take its time. */
const MIGRATE_TIMEOUT_MS = 5 * 60_000;

export interface OpenOptions {
  /** The embedded one flushes what it commits, at some milliseconds each: a power cut loses none of it. */
  isDurable?: boolean | undefined;
}

/** Opens and migrates. Rejects with `UsageError` when it cannot be reached, and when it is another program's. */
export async function openDatabase(location: DatabaseLocation, { isDurable }: OpenOptions = {}): Promise<OpenDatabase> {
  const opening =
    'url' in location
      ? openPostgres(location.url)
      : openPglite('dataDir' in location ? location.dataDir : undefined, isDurable);
  return opening.catch((thrown) => {
    throw openFault(location, thrown);
  });
}

async function openPglite(dataDir: string | undefined, isDurable = false): Promise<OpenDatabase> {
  if (dataDir) makeFolder(dataDir);
  const isNew = !dataDir || !hasDatabase(dataDir);
  const empty = isNew ? readEmpty(MIGRATIONS) : undefined;
  const client = new PatientPglite({
    ...{ dataDir: dataDir ?? 'memory://', ...(empty && { loadDataDir: empty }) },
    ...(isDurable && dataDir ? { startParams: DURABLE_PARAMS } : {}),
  });
  await client.waitReady;
  if (isDurable && dataDir) flushFiles(client);
  if (dataDir) closeToOthers(dataDir);
  const db = drizzlePglite(client);
  await migratePglite(db, { migrationsFolder: MIGRATIONS });
  // A folder has more in it than the database: its lock, and the key that seals secrets.
  if (!dataDir && !empty) await keepEmpty(MIGRATIONS, () => client.dumpDataDir('none'));
  return {
    db,
    kind: 'pglite',
    ping: async () => void (await client.query('select 1')),
    async dump() {
      // What was committed is in the log in any case; behind this there is less of it to go through again.
      await client.query('checkpoint');
      return client.dumpDataDir('gzip');
    },
    close: () => client.close(),
  };
}

async function openPostgres(url: string): Promise<OpenDatabase> {
  await migrateAlone(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // An idle connection that the server ends would otherwise end this process.
  pool.on('error', () => {});
  // So would one that breaks while it is lent and waits for its next query: whoever asks that hears of it.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    db: drizzlePg(pool),
    kind: 'postgres',
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  };
}

/**
 * Servers that start at once on an empty database would all make its tables, and all but one would fail. The lock is the
 * connection's: it is let go however this ends.
 */
async function migrateAlone(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // What ends the connection also fails the query that waits for it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${MIGRATE_TIMEOUT_MS}`);
    await client.query('select pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await migratePg(drizzlePg(client), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.end();
  }
}
