// A whole server and what its database shows to whoever steals it: secrets under seal, the key elsewhere, changed and lost.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serverKeys } from '../accounts/tables.ts';
import { webhookSecrets } from '../batches/tables.ts';
import type { SealKeyConfig } from '../config/config-types.ts';
import { type Database, openDatabase } from '../db/open-database.ts';
import { startServer } from '../start-server.ts';
import { openSeal } from './open-seal.ts';

vi.setConfig({ testTimeout: 180_000 });

const newKey = (): string => randomBytes(32).toString('base64');
const OWNER = 'account:ann';
const SECRET = `whsec_${randomBytes(32).toString('base64')}`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'computepool-seal-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newFolder = (): string => join(root, `data-${folders++}`);

/** Starts once and ends; its public key. */
async function start(dataDir: string, sealKey: SealKeyConfig = {}): Promise<string> {
  const server = await startServer({ logger: 'silent', database: { dataDir }, sealKey });
  const { orchestratorKey } = server.platform;
  await server.close();
  return orchestratorKey;
}

async function look<T>(dataDir: string, read: (db: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dataDir });
  try {
    return await read(database.db);
  } finally {
    await database.close();
  }
}

/** Each row of each table as text. */
const dump = (dataDir: string): Promise<string> =>
  look(dataDir, async (db) => {
    const rowsOf = async (query: ReturnType<typeof sql>) =>
      ((await db.execute(query)) as unknown as { rows: Record<string, string>[] }).rows;
    const tables = await rowsOf(
      sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    let text = '';
    for (const { name = '' } of tables) {
      const rows = await rowsOf(sql`select row_to_json(t)::text as line from ${sql.identifier(name)} t`);
      text += rows.map(({ line }) => line).join('\n');
    }
    return text;
  });

/** What a server of before left: both secrets in plain. Gives what must be nowhere any more. */
async function putPlain(dataDir: string): Promise<{ jwk: { x: string; d: string } }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  await look(dataDir, async (db) => {
    await db.insert(serverKeys).values({ purpose: 'orchestrator', jwk, createdAt: new Date() });
    await db.insert(webhookSecrets).values({ owner: OWNER, secret: SECRET, createdAt: new Date() });
  });
  return { jwk: jwk as { x: string; d: string } };
}

describe('secrets in the database', () => {
  it('of a server of before are sealed at the first start, and are the same', async () => {
    const dataDir = newFolder();
    const { jwk } = await putPlain(dataDir);
    const before = await dump(dataDir);
    for (const secret of [jwk.d, SECRET]) expect(before).toContain(secret);
    const publicKey = await start(dataDir);
    expect(Buffer.from(publicKey, 'base64url').subarray(1, 33).toString('base64url')).toBe(jwk.x);
    const after = await dump(dataDir);
    for (const kept of ['orchestrator', OWNER]) expect(after).toContain(kept);
    for (const secret of [jwk.d, SECRET, SECRET.slice(6)]) {
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        expect(after).not.toContain(Buffer.from(secret).toString(encoding));
      }
    }
    const key = readFileSync(join(dataDir, 'seal.key'), 'utf8').trim();
    expect(after, 'nor what opens them').not.toContain(key);
    const [row] = await look(dataDir, (db) => db.select().from(webhookSecrets));
    expect(openSeal({ dataDir }).open(row?.secret ?? '', `webhook-secret:${OWNER}`)).toBe(SECRET);
  });

  it('are sealed with a key that only the server’s user may read', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    const path = join(dataDir, 'seal.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const key = readFileSync(path, 'utf8');
    expect(await start(dataDir), 'the next start finds it').toBe(first);
    expect(readFileSync(path, 'utf8')).toBe(key);
  });

  it('come with a warning where others could read the key', async () => {
    const dataDir = newFolder();
    await start(dataDir);
    const path = join(dataDir, 'seal.key');
    const log: string[] = [];
    const logged = async (sealKey: SealKeyConfig = {}): Promise<string> => {
      log.length = 0;
      const logTo = { write: (line: string) => void log.push(line) };
      await (await startServer({ logger: 'warn', logTo, database: { dataDir }, sealKey })).close();
      return log.join('');
    };
    expect(await logged()).not.toContain(path);
    chmodSync(path, 0o644);
    const warned = await logged();
    expect(warned).toContain(path);
    expect(warned).toContain('--old-seal-key-file');
    expect(warned).not.toContain(readFileSync(path, 'utf8').trim());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const given = join(root, 'given.key');
    writeFileSync(given, newKey(), { mode: 0o640 });
    expect(await logged({ file: given, oldFile: path })).toContain(given);
    expect(statSync(given).mode & 0o777, 'a file of the operator’s own is left as it is').toBe(0o640);
  });

  it('are sealed anew when the key is changed, from files or from the environment', async () => {
    const dataDir = newFolder();
    const [one, two, three] = [newKey(), newKey(), newKey()];
    const file = (name: string, key: string): string => {
      const path = join(root, name);
      writeFileSync(path, `${key}\n`, { mode: 0o600 });
      return path;
    };
    await putPlain(dataDir);
    const first = await start(dataDir, { key: one });
    const changed = { file: file('two', two), oldFile: file('one', one) };
    expect(await start(dataDir, changed)).toBe(first);
    expect(await start(dataDir, { file: changed.file }), 'the old one is not needed any more').toBe(first);
    expect(await start(dataDir, { key: three, oldKey: two })).toBe(first);
    expect(await start(dataDir, { key: three })).toBe(first);
    const [row] = await look(dataDir, (db) => db.select().from(webhookSecrets));
    const seal = openSeal({ dataDir }, { key: three });
    expect(seal.open(row?.secret ?? '', `webhook-secret:${OWNER}`)).toBe(SECRET);
  });

  it.each<[string, (db: Database) => Promise<unknown>]>([
    ['the server’s own', async (db) => db.delete(webhookSecrets)],
    ['an account’s', async (db) => db.delete(serverKeys)],
  ])('without their key, or with a wrong one, keep the server from starting: %s', async (_, forget) => {
    const dataDir = newFolder();
    await putPlain(dataDir);
    await start(dataDir, { key: newKey() });
    await look(dataDir, forget);
    const kept = await dump(dataDir);
    for (const sealKey of [{}, { key: newKey() }, { key: newKey(), oldKey: newKey() }]) {
      const message = expect.stringMatching(
        /^Secrets in the database are sealed with key [0-9a-f]{8}, which.*--seal-key-file/,
      );
      await expect(start(dataDir, sealKey)).rejects.toMatchObject({ name: 'UsageError', message });
    }
    expect(await dump(dataDir), 'nothing was changed').toBe(kept);
    expect(statSync(join(dataDir, 'seal.key'), { throwIfNoEntry: false }), 'and no key was made').toBeUndefined();
  });
});

describe('the key', () => {
  it('must be given where a PostgreSQL server has the data', () => {
    const location = { url: 'postgres://db.example/pool' };
    const message = expect.stringMatching(/openssl rand -base64 32.*--seal-key-file.*COMPUTEPOOL_SEAL_KEY/);
    expect(() => openSeal(location)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
    expect(openSeal(location, { key: newKey() }).seal('x', 'a:b')).toMatch(/^sealed/);
  });

  it.each([
    ['that is not there', undefined, 'is not there'],
    ['that is empty', '', 'must hold 32 bytes'],
    ['that is too short', randomBytes(31).toString('base64'), 'must hold 32 bytes'],
    ['with two keys', `${newKey()}\n${newKey()}`, 'must hold 32 bytes'],
  ])('is not taken from a file %s', (_, text, sentence) => {
    const file = join(root, 'bad');
    rmSync(file, { force: true });
    if (text !== undefined) writeFileSync(file, text);
    for (const config of [{ file }, { key: newKey(), oldFile: file }]) {
      const open = () => openSeal({ memory: true }, config);
      expect(open).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(sentence) }));
      if (text) expect(open).not.toThrow(text.slice(0, 20));
    }
  });

  it('may be in base64, base64url or hex', () => {
    const bytes = randomBytes(32);
    const kept = openSeal({ memory: true }, { key: bytes.toString('hex') }).seal('x', 'a:b');
    for (const encoding of ['base64', 'base64url'] as const) {
      expect(openSeal({ memory: true }, { key: bytes.toString(encoding) }).open(kept, 'a:b')).toBe('x');
    }
  });
});
