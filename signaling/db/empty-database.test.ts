import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { jobs } from '../jobs/tables.ts';
import { keepEmpty, readEmpty } from './empty-database.ts';
import { openDatabase } from './open-database.ts';
import { OPEN_TIMEOUT_MS } from './test-databases.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'computepool-empty-'));
afterAll(() => rmSync(root, { recursive: true }));
const dump = (text: string) => async (): Promise<Blob> => new Blob([text]);

it('keeps one for each set of migrations, nobody else’s to read, and leaves no half of it', async () => {
  const folder = join(root, 'kept');
  expect(readEmpty(MIGRATIONS, folder)).toBeUndefined();
  await keepEmpty(MIGRATIONS, dump('one'), folder);
  expect(await readEmpty(MIGRATIONS, folder)?.text()).toBe('one');
  const more = join(root, 'migrations');
  cpSync(MIGRATIONS, more, { recursive: true });
  writeFileSync(join(more, '9999_more.sql'), 'select 1');
  expect(readEmpty(more, folder)).toBeUndefined();
  await keepEmpty(more, () => Promise.reject(new Error('no room')), folder);
  expect(readEmpty(more, folder)).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(1);
  expect(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o777).toBe(0o600);
});

it('keeps one alone: that of migrations of before goes', async () => {
  const folder = join(root, 'kept');
  const more = join(root, 'migrations');
  await keepEmpty(more, dump('two'), folder);
  expect(await readEmpty(more, folder)?.text()).toBe('two');
  expect(readdirSync(folder)).toHaveLength(1);
});

it('keeps nothing where it may not write, and says nothing of it', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  await keepEmpty(MIGRATIONS, dump('one'), file);
  expect(readEmpty(MIGRATIONS, file)).toBeUndefined();
});

it('copies what one in memory left: two copies share no row, and a folder is a database like any other', {
  timeout: OPEN_TIMEOUT_MS,
}, async () => {
  await (await openDatabase({ memory: true })).close();
  expect(readEmpty(MIGRATIONS)?.size).toBeGreaterThan(0);
  const dataDir = join(root, 'data');
  const [first, second] = [await openDatabase({ dataDir }), await openDatabase({ memory: true })];
  const job = { id: 'a', pool: 'p', payer: 'peer:1', source: 'http', nonce: 'n', state: 'waiting' } as const;
  await first.db.insert(jobs).values(job);
  expect(await second.db.select().from(jobs)).toEqual([]);
  await Promise.all([first.close(), second.close()]);
  const again = await openDatabase({ dataDir });
  expect(await again.db.select({ id: jobs.id }).from(jobs)).toEqual([{ id: 'a' }]);
  await again.close();
});
