import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findPostgres } from './find-postgres.ts';
import setUpPostgres from './vitest-setup.ts';

beforeEach(() => {
  vi.stubEnv('CP_POSTGRES', undefined);
  vi.stubEnv('TEST_DATABASE_URL', undefined);
  vi.stubEnv('NO_TEST_DATABASE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('nothing is started unless it was asked for', async () => {
  expect(await setUpPostgres()).toBeUndefined();
  expect(process.env.TEST_DATABASE_URL).toBeUndefined();
});

test('a server that is named is left as it is', async () => {
  vi.stubEnv('CP_POSTGRES', '1');
  vi.stubEnv('TEST_DATABASE_URL', 'postgres://somewhere/else');
  expect(await setUpPostgres()).toBeUndefined();
  expect(process.env.TEST_DATABASE_URL).toBe('postgres://somewhere/else');
});

test('a server that was asked for is there until the end', { timeout: 300_000 }, async ({ skip }) => {
  skip(!findPostgres(), 'this machine has no PostgreSQL');
  vi.stubEnv('CP_POSTGRES', '1');
  const tearDown = await setUpPostgres();
  const url = process.env.TEST_DATABASE_URL;
  const client = new pg.Client(url);
  await client.connect();
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await tearDown?.();
  expect(process.env.TEST_DATABASE_URL).toBeUndefined();
  await expect(new pg.Client(url).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
