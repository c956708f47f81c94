import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { findPostgres } from './find-postgres.ts';
import { startPostgres } from './start-postgres.ts';

const programs = findPostgres();

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!programs)(
  'a server of its own answers, refuses a wrong password, and leaves nothing',
  async () => {
    const server = await startPostgres(programs!);
    const client = new pg.Client(server.url);
    // `stop` cuts it off.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query(
      "select rolsuper, current_setting('data_directory') as data, version() from pg_roles where rolname = current_user",
    );
    expect(rows[0]).toMatchObject({
      rolsuper: true,
      version: expect.stringContaining(`PostgreSQL ${programs!.version}`),
    });
    expect(rows[0].data.startsWith(tmpdir())).toBe(true);
    const wrong = new pg.Client(server.url.replace(/:[^:@]+@/, ':guess@'));
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(existsSync(rows[0].data)).toBe(false);
  },
  60_000,
);

test.skipIf(!programs || !existsSync('/usr/bin/setpriv'))(
  'it ends with whoever started it, even one that is killed',
  async () => {
    // What a killed process leaves behind is its folder.
    const temporary = mkdtempSync(join(tmpdir(), 'computepool-killed-'));
    chmodSync(temporary, 0o755);
    const script = `
      const { startPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'start-postgres.ts'))});
      const { pid } = await startPostgres(${JSON.stringify(programs)});
      require('node:fs').writeSync(1, 'pid ' + pid);
      process.kill(process.pid, 'SIGKILL');`;
    const { stdout, signal } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=commonjs', '-e', `(async () => {${script}})()`],
      {
        env: { ...process.env, TMPDIR: temporary },
        encoding: 'utf8',
        timeout: 50_000,
      },
    );
    expect(signal).toBe('SIGKILL');
    const pid = Number(/pid (\d+)/.exec(stdout)?.[1]);
    await expect.poll(() => isRunning(pid), { timeout: 60_000 }).toBe(false);
    rmSync(temporary, { recursive: true });
  },
  60_000,
);

test('programs that do not work are told as such, and no folder is left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'computepool-broken-'));
  chmodSync(folder, 0o755);
  try {
    const initdb = join(folder, 'initdb');
    writeFileSync(initdb, '#!/bin/sh\necho "initdb: no space left" >&2\nexit 1\n', { mode: 0o755 });
    const broken = { initdb, postgres: initdb, version: 15 };
    await expect(startPostgres(broken)).rejects.toThrow('initdb failed: initdb: no space left');
    const missing = { ...broken, initdb: join(folder, 'missing') };
    await expect(startPostgres(missing)).rejects.toThrow(/initdb failed: .*ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
