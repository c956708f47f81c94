import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { createAccounts } from '../accounts/create-accounts.ts';
import { hashSecret, newKey, newToken } from '../accounts/secrets.ts';
import { jobs } from '../jobs/tables.ts';
import type { AccountId } from '../ledger/owner.ts';
import { pools } from '../pools/tables.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from './test-databases.ts';

const JOB = { id: 'a', pool: 'p', payer: 'peer:1', source: 'http', nonce: 'n', state: 'waiting' } as const;

test('a folder keeps what was written; opening it again migrates nothing twice', {
  timeout: OPEN_TIMEOUT_MS,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-db-'));
  try {
    const first = await openDatabase({ dataDir });
    await first.db.insert(jobs).values(JOB);
    await first.close();
    const second = await openDatabase({ dataDir });
    expect(await second.db.select({ id: jobs.id, state: jobs.state }).from(jobs)).toEqual([
      { id: 'a', state: 'waiting' },
    ]);
    await second.close();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test('migrations are only ever added: the first one is what it was, and a database that it made comes up to date', {
  timeout: OPEN_TIMEOUT_MS,
}, async () => {
  const initial = readFileSync(join(MIGRATIONS, '0000_initial.sql'), 'utf8');
  expect(createHash('sha256').update(initial).digest('hex')).toBe(INITIAL_SHA256);
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));
  const journal = readJournal();
  expect(files.sort()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));

  const root = mkdtempSync(join(tmpdir(), 'computepool-db-'));
  const [dataDir, only] = [join(root, 'data'), join(root, 'migrations')];
  try {
    cpSync(MIGRATIONS, only, { recursive: true });
    writeFileSync(join(only, JOURNAL), JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
    const old = await PGlite.create(dataDir);
    await migrate(drizzle(old), { migrationsFolder: only });
    await old.query(OLD_POOL);
    await old.close();
    const now = await openDatabase({ dataDir });
    expect(await now.db.select().from(pools)).toMatchObject([{ id: 'a/b@main:q4', repo: 'a/b', slug: null }]);
    await now.close();
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('G9: a login and a key of the time before logins were listed go on, and are listed', {
  timeout: OPEN_TIMEOUT_MS,
}, async () => {
  const root = mkdtempSync(join(tmpdir(), 'computepool-db-'));
  const [dataDir, only] = [join(root, 'data'), join(root, 'migrations')];
  try {
    cpSync(MIGRATIONS, only, { recursive: true });
    const journal = readJournal();
    writeFileSync(join(only, JOURNAL), JSON.stringify({ ...journal, entries: journal.entries.slice(0, 3) }));
    const old = await PGlite.create(dataDir);
    await migrate(drizzle(old), { migrationsFolder: only });
    const [account, token, key] = ['a'.repeat(32), newToken(), newKey()];
    const [then, until] = ['2026-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
    await old.query('insert into accounts values ($1, $2, $3, $4)', [account, 'ada', 'none', then]);
    for (const hash of [hashSecret(token), hashSecret(newToken())])
      await old.query('insert into account_sessions values ($1, $2, $3, $4)', [hash, account, then, until]);
    const made =
      'insert into api_keys (id, account_id, label, prefix, key_hash, created_at) values ($1, $2, $3, $4, $5, $6)';
    await old.query(made, ['b'.repeat(32), account, 'laptop', 'cp-abcdef', hashSecret(key), then]);
    await old.close();
    const now = await openDatabase({ dataDir });
    const accounts = createAccounts(now.db);
    const login = await accounts.byLogin(token);
    expect(login).toMatchObject({ account: { name: 'ada' }, login: { provedAt: new Date(then) } });
    const logins = await accounts.listLogins(account as AccountId);
    expect(logins.map(({ device }) => device)).toEqual(['Unknown device', 'Unknown device']);
    expect(new Set(logins.map(({ id }) => id)).size).toBe(2);
    expect(logins[0]).toMatchObject({ id: login?.login.id, createdAt: new Date(then) });
    expect((await accounts.byKey(key))?.key).toBe('b'.repeat(32));
    await now.close();
  } finally {
    rmSync(root, { recursive: true });
  }
});

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));
const JOURNAL = 'meta/_journal.json';
const readJournal = (): { entries: { tag: string }[] } => JSON.parse(readFileSync(join(MIGRATIONS, JOURNAL), 'utf8'));

/** As it was when the first server kept a database. */
const INITIAL_SHA256 = '8b2f51f3cf673d2ab324333698f67b9ee64bba89ac1fec5482c5e0026d51be8a';
const OLD_POOL = `insert into pools (id, repo, revision, dtype, policy, recruit, loaded, max_context, created_at, updated_at)
  values ('a/b@main:q4', 'a/b', 'main', 'q4', 'commons', true, true, 1024, now(), now())`;

test('a server that is not there is told by its own error', async () => {
  await expect(openDatabase({ url: 'postgres://nobody:x@127.0.0.1:9/none' })).rejects.toThrow(
    /^No PostgreSQL answers at 127\.0\.0\.1:9:/,
  );
});

forEachDatabase('a database', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  }, OPEN_TIMEOUT_MS);

  it('gives back amounts, dates and JSON as they went in', async () => {
    const createdAt = new Date('2026-02-28T23:59:59.123Z');
    const outcome = { text: 'ü \u{1f600} "', list: [1, null, 0.1] } as never;
    const job = { ...JOB, id: 'types', heldMicros: Number.MAX_SAFE_INTEGER, createdAt, outcome };
    await database.db.insert(jobs).values(job);
    const [row] = await database.db.select().from(jobs).where(eq(jobs.id, 'types'));
    expect(row).toMatchObject({ ...job, plan: null, endedAt: null, chargedMicros: 0 });
  });

  it('takes back a transaction that fails, and does the next', async () => {
    const failing = database.db.transaction(async (transaction) => {
      await transaction.insert(jobs).values({ ...JOB, id: 'undone' });
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    await database.db.transaction((transaction) => transaction.insert(jobs).values({ ...JOB, id: 'done' }));
    const ids = (await database.db.select({ id: jobs.id }).from(jobs)).map(({ id }) => id);
    expect(ids).toContain('done');
    expect(ids).not.toContain('undone');
  });

  it('runs 30 transactions at once on its few connections', async () => {
    const id = 'counted';
    await database.db.insert(jobs).values({ ...JOB, id });
    const addOne = () =>
      database.db.transaction(async (transaction) => {
        const [row] = await transaction.select().from(jobs).where(eq(jobs.id, id)).for('update');
        await transaction
          .update(jobs)
          .set({ promptTokens: (row?.promptTokens ?? 0) + 1 })
          .where(eq(jobs.id, id));
      });
    await Promise.all(Array.from({ length: 30 }, addOne));
    const [row] = await database.db.select().from(jobs).where(eq(jobs.id, id));
    expect(row?.promptTokens).toBe(30);
  });

  it('shows a second opening what the first wrote', async () => {
    await database.db.insert(jobs).values({ ...JOB, id: 'shared' });
    const again = await database.openAgain();
    expect(await again.db.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, 'shared'))).toHaveLength(1);
    await again.close();
    await database.ping();
  });

  it('does not answer once it is closed', { timeout: OPEN_TIMEOUT_MS }, async () => {
    const other = await open();
    await other.ping();
    await other.close();
    await expect(other.ping()).rejects.toThrow();
  });
});

const serverUrl = process.env.TEST_DATABASE_URL;

describe.skipIf(!serverUrl)('a PostgreSQL server', () => {
  /** Runs a test on an empty database without any table, under a name that no other run has. */
  async function withEmpty(run: (url: string, admin: OpenDatabase['db']) => Promise<void>): Promise<void> {
    const { default: pg } = await import('pg');
    const { drizzle } = await import('drizzle-orm/node-postgres');
    const name = `computepool_test_empty_${process.pid}_${Math.trunc(performance.now())}`;
    const client = new pg.Client(serverUrl);
    await client.connect();
    try {
      await client.query(`create database ${name}`);
      const url = new URL(serverUrl ?? '');
      url.pathname = `/${name}`;
      await run(url.href, drizzle(client));
    } finally {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    }
  }

  it('takes eight servers that all find it empty', { timeout: OPEN_TIMEOUT_MS }, async () => {
    await withEmpty(async (url) => {
      const openings = await Promise.allSettled(Array.from({ length: 8 }, () => openDatabase({ url })));
      const opened = openings.flatMap((opening) => (opening.status === 'fulfilled' ? [opening.value] : []));
      const applied = await opened[0]?.db.execute(sql`select count(*)::int as count from drizzle.__drizzle_migrations`);
      await Promise.all(opened.map(({ close }) => close()));
      expect(openings.map(({ status }) => status)).toEqual(Array(8).fill('fulfilled'));
      expect(applied).toMatchObject({ rows: [{ count: readJournal().entries.length }] });
    });
  });

  it('is asked again after it ended all connections', { timeout: OPEN_TIMEOUT_MS }, async () => {
    await withEmpty(async (url, admin) => {
      const database = await openDatabase({ url });
      const name = new URL(url).pathname.slice(1);
      await database.ping();
      await admin.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`);
      // The pool notices when the socket closes.
      await expect.poll(() => database.ping().then(() => 'answers', String)).toBe('answers');
      await database.close();
    });
  });

  it('ends what it began when the schema is another program’s', { timeout: OPEN_TIMEOUT_MS }, async () => {
    await withEmpty(async (url, admin) => {
      const first = await openDatabase({ url });
      await first.db.execute(sql`drop schema drizzle cascade`);
      await first.close();
      await expect(openDatabase({ url })).rejects.toThrow();
      const name = new URL(url).pathname.slice(1);
      const left = () => admin.execute(sql`select pid from pg_stat_activity where datname = ${name}`);
      await expect.poll(async () => ((await left()) as unknown as { rows: unknown[] }).rows.length).toBe(0);
    });
  });
});
