// A PostgreSQL server for tests: a cluster of its own in a temporary folder, on a free loopback port, gone at the end.
// Never touches another cluster. Nothing survives a power cut, by intent: it does not wait for the disk.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresPrograms } from './find-postgres.ts';

export interface RunningPostgres {
  /** A superuser's, with a password made for this run. */
  url: string;
  pid: number;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const INITDB_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 30;
const STOP_TIMEOUT_MS = 5_000;

/** Another program may take the free port between the look and the start. */
const MAX_TRIES = 3;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket: its folder belongs to the machine's own server.
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Test files run beside each other, each with pools of ten.
  max_connections: '200',
};

/** Throws an `Error` that says why there is none. */
export async function startPostgres(programs: PostgresPrograms): Promise<RunningPostgres> {
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'computepool-postgres-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const password = randomBytes(18).toString('base64url');
    const data = join(folder, 'data');
    makeCluster(programs.initdb, { folder, data, password, user });
    for (let tries = 1; ; tries += 1) {
      const port = await freePort();
      const child = launch(programs.postgres, data, port, user);
      const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
      const fault = await untilReady(child.process, url, child.log);
      if (fault === undefined) return running(child.process, url, remove);
      await end(child.process);
      if (tries === MAX_TRIES) throw new Error(`PostgreSQL does not start: ${fault}`);
    }
  } catch (error) {
    remove();
    throw error;
  }
}

interface User {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to run as root: then it is Debian's user for it, or nobody. */
function unprivileged(): User {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim());
    if (ids.every((id) => /^\d+$/.test(id ?? ''))) return { uid: Number(ids[0]), gid: Number(ids[1]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody".');
}

function makeCluster(
  initdb: string,
  { folder, data, password, user }: { folder: string; data: string; password: string; user: User },
): void {
  // A password, because every program on this machine can reach the port, and a superuser may run commands.
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const args = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const { status, stderr, error } = spawnSync(initdb, [...args, '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...user,
    cwd: folder,
    encoding: 'utf8',
    timeout: INITDB_TIMEOUT_MS,
  });
  rmSync(passwordFile);
  if (status !== 0)
    throw new Error(`initdb failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`);
}

/** `log`: the last of what the server said. */
function launch(
  postgres: string,
  data: string,
  port: number,
  user: User,
): { process: ChildProcess; log: () => string } {
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [...endWithParent(), postgres, '-D', data, ...settings];
  const child = spawn(command[0] ?? postgres, command.slice(1), {
    ...user,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-2000);
  });
  child.on('error', (error) => {
    log += error.message;
  });
  return { process: child, log: () => log.trim().split('\n').slice(-3).join(' ') };
}

/** Where util-linux has it, the kernel ends the server when this process is gone, however it went. */
function endWithParent(): string[] {
  const setpriv = '/usr/bin/setpriv';
  return process.platform === 'linux' && existsSync(setpriv) ? [setpriv, '--pdeathsig', 'INT', '--'] : [];
}

/** Resolves to nothing once it answers, else to what it said last. */
async function untilReady(child: ChildProcess, url: string, log: () => string): Promise<string | undefined> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    // After a connection that failed `end` has nothing to say.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return undefined;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  return log() || 'it does not answer';
}

function running(child: ChildProcess, url: string, remove: () => void): RunningPostgres {
  // Where no kernel sees to it: SIGQUIT ends it without a word to its clients.
  const onExit = (): void => {
    child.kill('SIGQUIT');
    remove();
  };
  process.on('exit', onExit);
  const stop = async (): Promise<void> => {
    await end(child);
    process.off('exit', onExit);
    remove();
  };
  return { url, pid: child.pid ?? 0, stop };
}

/** SIGINT is PostgreSQL's fast shutdown: clients are cut off. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
