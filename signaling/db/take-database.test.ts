import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseLocation } from '../config/config-types.ts';
import { UsageError } from '../config/usage-error.ts';
import { closeToOthers } from './data-folder.ts';
import { type TakenDatabase, takeDatabase } from './take-database.ts';

const root = mkdtempSync(join(tmpdir(), 'computepool-take-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const held: TakenDatabase[] = [];
const take = async (location: DatabaseLocation, wait?: Parameters<typeof takeDatabase>[1]): Promise<TakenDatabase> => {
  const taken = await takeDatabase(location, wait);
  held.push(taken);
  return taken;
};
afterEach(async () => {
  for (const taken of held.splice(0)) await taken.release();
});

it('in memory there is one for everybody', async () => {
  await take({ memory: true });
  await take({ memory: true });
});

describe('A6: a folder that has other things in it', () => {
  const foreign = join(root, 'foreign');
  const script = join(foreign, 'sub', 'tool.sh');
  const modes = () => [foreign, script].map((path) => statSync(path).mode & 0o777);
  beforeAll(() => {
    mkdirSync(join(foreign, 'sub'), { recursive: true });
    writeFileSync(script, '#!/bin/sh\n');
    chmodSync(foreign, 0o755);
    chmodSync(script, 0o755);
  });

  it('is refused before anything of it is touched', async () => {
    const taking = take({ dataDir: foreign });
    await expect(taking).rejects.toThrow(
      /^The data directory .*foreign has other things in it \(sub\)\. .*--data-dir PATH\.$/,
    );
    expect([modes(), readdirSync(foreign)]).toEqual([[0o755, 0o755], ['sub']]);
  });

  it('is taken where a file system alone put something into it', async () => {
    const mounted = join(root, 'mounted');
    mkdirSync(join(mounted, 'lost+found'), { recursive: true, mode: 0o755 });
    await take({ dataDir: mounted });
    closeToOthers(mounted);
    expect(statSync(join(mounted, 'lost+found')).mode & 0o777).toBe(0o755);
  });

  it('keeps what is not the database’s, where a database was made in it before', async () => {
    const shared = join(root, 'shared');
    mkdirSync(join(shared, 'sub'), { recursive: true });
    writeFileSync(join(shared, 'PG_VERSION'), '17\n');
    writeFileSync(join(shared, 'sub', 'tool.sh'), '');
    for (const path of ['PG_VERSION', 'sub/tool.sh']) chmodSync(join(shared, path), 0o755);
    await take({ dataDir: shared });
    closeToOthers(shared);
    const left = ['.', 'PG_VERSION', 'sub/tool.sh'].map((path) => statSync(join(shared, path)).mode & 0o777);
    expect(left).toEqual([0o700, 0o600, 0o755]);
  });

  it('A7: a link to nothing is told as one', async () => {
    const link = join(root, 'link');
    symlinkSync(join(root, 'nowhere'), link);
    await expect(take({ dataDir: link })).rejects.toThrow(/cannot be used: it is a link to nothing\. /);
  });
});

function oneWriter(location: () => DatabaseLocation, option: string): void {
  it('A1: the second is told in one sentence who has it and what can be done', async () => {
    await take(location());
    const refused = take(location());
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(new RegExp(`^Another server .*${option}.*--wait[^\n]*\\.$`));
  });

  it('is free again when the first one ends', async () => {
    await (await take(location())).release();
    await take(location());
  });

  it('who waits says so once and takes over', async () => {
    const first = await take(location());
    const said: string[] = [];
    const second = take(location(), { wait: true, onWait: (sentence) => void said.push(sentence) });
    await expect.poll(() => said).toHaveLength(1);
    await first.release();
    await second;
    expect(said).toEqual([expect.stringMatching(/^Another server .* takes over when it ends\.$/)]);
  });

  it('who waits can be told to stop', async () => {
    await take(location());
    const stop = new AbortController();
    const waiting = take(location(), { wait: true, signal: stop.signal, onWait: () => stop.abort() });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
}

describe('a folder', () => oneWriter(() => ({ dataDir: join(root, 'data') }), '--data-dir'));

const serverUrl = process.env.TEST_DATABASE_URL;
describe.skipIf(!serverUrl)('a PostgreSQL database', () => {
  let admin: pg.Client;
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: serverUrl });
    await admin.connect();
  });
  afterAll(() => admin?.end());
  const location = (): DatabaseLocation => ({ url: serverUrl! });
  oneWriter(location, '--database-url');

  const dropHolder = () =>
    admin.query(
      `select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' and objid = ${0x63707772} and granted`,
    );
  const isHeld = async (): Promise<boolean> => {
    const found = `select 1 from pg_locks where locktype = 'advisory' and objid = ${0x63707772} and granted`;
    return (await admin.query(found)).rows.length > 0;
  };

  it('is taken again when its connection broke', async () => {
    const first = await take(location());
    let isLost = false;
    void first.lost.then(() => {
      isLost = true;
    });
    await dropHolder();
    await expect.poll(isHeld).toBe(true);
    await expect(take(location())).rejects.toThrow('Another server');
    expect(isLost).toBe(false);
  });

  it('is lost when somebody else was there first after that', async () => {
    const first = await take(location());
    const rival = new pg.Client({ connectionString: serverUrl });
    await rival.connect();
    // Waits in the database's own queue, so that it comes before anybody who has to connect first.
    const taken = rival.query('select pg_advisory_lock($1)', [0x63707772]);
    const waits = `select 1 from pg_locks where locktype = 'advisory' and objid = ${0x63707772} and not granted`;
    await expect.poll(async () => (await admin.query(waits)).rows.length).toBe(1);
    await dropHolder();
    await taken;
    await first.lost;
    await rival.end();
  });
});
