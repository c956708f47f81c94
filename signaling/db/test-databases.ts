// One suite, both databases: embedded PGlite and a real PostgreSQL server. Every database is fresh, and none outlives its
// test file. Used by tests only.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe } from 'vitest';
import { type OpenDatabase, openDatabase } from './open-database.ts';

export interface TestDatabase extends OpenDatabase {
  /** A second opening of the same database, as another server would do it; on PGlite, which takes one process, the same. */
  openAgain(): Promise<OpenDatabase>;
}

/** Opens a database of its own, empty and with all tables: some 1.2 s on PGlite, 0.1 s on PostgreSQL. */
export type OpenTestDatabase = () => Promise<TestDatabase>;

/** Also on a machine that does other things. */
export const OPEN_TIMEOUT_MS = 180_000;

/**
 * Declares the suite twice. A superuser's address in `TEST_DATABASE_URL` names the server; without it the second half is
 * skipped, and its name says why. Open one database in `beforeAll` (with `OPEN_TIMEOUT_MS`) where tests can share it;
 * what a suite leaves open is closed.
 *
 * @example
 * forEachDatabase('accounts', (open) => {
 *   test('…', async () => { const { db } = await open(); });
 * });
 */
export function forEachDatabase(name: string, suite: (open: OpenTestDatabase) => void): void {
  describe(`${name} on PGlite`, () => suite(pgliteOpener()));
  const url = process.env.TEST_DATABASE_URL;
  if (url) {
    describe(`${name} on PostgreSQL`, () => suite(postgresOpener(url)));
  } else {
    const reason = process.env.NO_TEST_DATABASE ?? 'TEST_DATABASE_URL is not set; CP_POSTGRES=1 starts a server';
    describe.skip(`${name} on PostgreSQL (skipped: ${reason})`, () => suite(pgliteOpener()));
  }
}

function pgliteOpener(): OpenTestDatabase {
  const opened = closeAfterAll();
  return async () => {
    const database = opened(await openDatabase({ memory: true }));
    return { ...database, openAgain: async () => ({ ...database, close: async () => {} }) };
  };
}

function postgresOpener(serverUrl: string): OpenTestDatabase {
  const names: string[] = [];
  // Declared before the closing, because hooks that come last run first: a database that is in use is not dropped.
  afterAll(
    () =>
      asAdmin(
        serverUrl,
        names.map((name) => `drop database if exists ${name} with (force)`),
      ),
    OPEN_TIMEOUT_MS,
  );
  const opened = closeAfterAll();
  return async () => {
    const name = `computepool_test_${randomBytes(8).toString('hex')}`;
    names.push(name);
    await asAdmin(serverUrl, [`create database ${name}`]);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const open = async () => opened(await openDatabase({ url: url.href }));
    return { ...(await open()), openAgain: open };
  };
}

/** Closes whatever passed through, once, even if a test did so before. */
function closeAfterAll(): (database: OpenDatabase) => OpenDatabase {
  const closings: (() => Promise<void>)[] = [];
  afterAll(async () => void (await Promise.all(closings.map((close) => close()))), OPEN_TIMEOUT_MS);
  return (database) => {
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= database.close();
      return closed;
    };
    closings.push(close);
    return { ...database, close };
  };
}

async function asAdmin(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
