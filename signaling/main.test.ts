import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CONNECT_TIMEOUT_MS } from './db/connect-timeout.ts';
import { lockFolder } from './db/lock-folder.ts';
import { startServer } from './start-server.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** The embedded database takes seconds to start on a busy machine. */
const RUN_MS = 180_000;
const root = mkdtempSync(join(tmpdir(), 'computepool-main-'));
const dataDir = join(root, 'data');
afterAll(() => rmSync(root, { recursive: true, force: true }));
/** Writes the address of each module that is loaded into the file `LOADED`. */
const HOOKS = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}`;
const asModule = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
const RECORDER = `import { register } from 'node:module'; register(${JSON.stringify(asModule(HOOKS))});`;
const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));
/** Without what makes Node warn of the test's own terminal. */
const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
/** A process that is busy hears no other signal. */
const ENDING = { timeout: RUN_MS, env, killSignal: 'SIGKILL' } as const;
const argsFor = (...args: string[]): string[] => ['--import', 'tsx', MAIN, '--data-dir', dataDir, ...args];

/** Ends with the test that started it, whatever became of that. */
const started: ChildProcess[] = [];
const launch = (...args: string[]) => {
  const child = spawn(process.execPath, argsFor(...args), { env });
  started.push(child);
  return child;
};
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Exit code and words of a run that ends by itself. */
const run = async (...args: string[]): Promise<{ code: number; said: string }> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, argsFor(...args), ENDING);
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
};

it('A16: a program that starts a server, asks it and closes it, exits', { timeout: RUN_MS }, async () => {
  const program = `
    import { startServer } from ${JSON.stringify(new URL('./start-server.ts', import.meta.url).href)};
    const server = await startServer({ logger: 'silent' });
    for (const path of ['/healthz', '/v1/models']) console.log((await fetch(server.url + path)).status);
    await server.close();
    console.log('closed');`;
  const flags = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, ENDING);
  expect(stdout).toBe('200\n200\nclosed\n');
});

describe('A7: what cannot be opened is told in a sentence about it', { timeout: RUN_MS }, () => {
  const file = join(root, 'file');
  it.each([
    ['a file for a data directory', ['--data-dir', file], /^The data directory .*file cannot be used: it is a file\./],
    [
      'a folder in a file',
      ['--data-dir', join(file, 'x')],
      /^The data directory .* cannot be used: it lies in a file\./,
    ],
    [
      'a folder in a folder that cannot be made',
      ['--data-dir', '/proc/none/x'],
      /^The data directory .*--data-dir PATH\.$/,
    ],
    [
      'a folder that cannot be made',
      ['--data-dir', '/sys/computepool'],
      /^The data directory .* cannot be used: .*--data-dir PATH\.$/,
    ],
    [
      'a database host that is none',
      ['--database-url', 'postgres://u:hunter2@no-host.invalid/x'],
      /^There is no host no-host\.invalid,/,
    ],
    [
      'a port that nobody listens at',
      ['--database-url', 'postgres://u:hunter2@127.0.0.1:9/x'],
      /^No PostgreSQL answers at 127\.0\.0\.1:9:/,
    ],
    ['an address that is not this machine’s', ['--host', '192.0.2.1'], /^This machine has no address 192\.0\.2\.1\./],
  ])('%s', async (_, args, sentence) => {
    writeFileSync(file, '');
    const { code, said } = await run('--no-site', '--port', '0', ...args);
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said.trim()).toMatch(sentence);
    expect(said).not.toContain('hunter2');
  });
});

describe('A8: a signal while it starts', { timeout: RUN_MS }, () => {
  it('ends it at once, though the database never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const connected = once(silent, 'connection');
    const { port } = silent.address() as AddressInfo;
    const child = launch('--no-site', '--database-url', `postgres://u:p@127.0.0.1:${port}/x`, '--log-level', 'silent');
    const exited = once(child, 'exit');
    await connected;
    const beganMs = performance.now();
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    // The database would be waited for 10 s; a busy machine takes its time to end a process.
    expect(performance.now() - beganMs).toBeLessThan(CONNECT_TIMEOUT_MS / 2);
    silent.close();
  });

  it('leaves a folder that the next one opens (A6: and that nobody else can read)', async () => {
    const own = mkdtempSync(join(tmpdir(), 'computepool-cut-'));
    const cut = launch('--data-dir', own, '--no-site', '--port', '0', '--log-level', 'silent');
    const exited = once(cut, 'exit');
    await expect.poll(() => existsSync(join(own, 'PG_VERSION')), { timeout: RUN_MS, interval: 5 }).toBe(true);
    cut.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const next = launch('--data-dir', own, '--no-site', '--port', '0', '--log-level', 'silent');
    let said = '';
    next.stdout.on('data', (data) => {
      said += data;
    });
    await expect.poll(() => said, { timeout: RUN_MS }).toMatch(/serves at http:\S+/);

    // A6: what it wrote is nobody else's to read.
    expect(statSync(own).mode & 0o777).toBe(0o700);
    const open = (readdirSync(own, { recursive: true }) as string[]).filter(
      (path) => statSync(join(own, path)).mode & 0o077,
    );
    expect(open).toEqual([]);
    rmSync(own, { recursive: true, force: true });
  });
});

describe('the command line', { timeout: RUN_MS }, () => {
  it('says where it serves, answers there, and ends on a signal', async () => {
    const child = launch('--no-site', '--port', '0');
    const exited = once(child, 'exit');
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await expect.poll(() => said, { timeout: RUN_MS }).toMatch(/serves at http:\S+/);
    const url = /http:\S+/.exec(said)?.[0];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('E1: says that other devices need https where it is open to them over plain http', async () => {
    const child = launch('--no-site', '--port', '0', '--host', '0.0.0.0', '--log-level', 'silent');
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await expect.poll(() => said, { timeout: RUN_MS }).toMatch(/serves at .*\n.*WebGPU.*https.*--tls.*--public-url/);
  });

  it('--tls: serves https, and says where, how devices come to trust it, and what to compare', async () => {
    const own = mkdtempSync(join(tmpdir(), 'computepool-https-'));
    const child = launch('--data-dir', own, '--no-site', '--port', '0', '--tls', '--log-level', 'silent');
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await expect
      .poll(() => said, { timeout: RUN_MS })
      .toMatch(/fingerprint \(SHA-256\): ([0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
    expect(said).toMatch(/serves at https:\/\/localhost:\d+ \(and to the network\)/);
    expect(said).toMatch(/Each trusts it once: open http:\/\/\S+\/trust there/);
    expect(said).not.toContain('will be refused');
    const port = /localhost:(\d+)/.exec(said)![1];
    const { authority } = (await (await fetch(`http://127.0.0.1:${port}/api/trust`)).json()) as {
      authority: { fingerprint: string };
    };
    expect(said).toContain(authority.fingerprint);
    for (const name of ['authority.pem', 'server.pem'])
      expect(statSync(join(own, 'tls', name)).mode & 0o777).toBe(0o600);
    rmSync(own, { recursive: true, force: true });
  });

  it('names the next step when the port is taken', async () => {
    const other = await startServer({ logger: 'silent' });
    const { code, said } = await run('--no-site', '--port', String(other.port));
    await other.close();
    expect(code).toBe(1);
    expect(said).toBe(
      `Port ${other.port} is in use. Stop what uses it, or take another one: --port ${other.port + 1}.\n`,
    );
  });

  it('A1: ends in one sentence where another server works with the same data, or waits and takes over', async () => {
    const own = mkdtempSync(join(tmpdir(), 'computepool-two-'));
    const start = (...args: string[]) => {
      const child = launch('--data-dir', own, '--no-site', '--port', '0', ...args);
      const server = { child, said: '', exited: once(child, 'exit') };
      const hear = (data: Buffer): void => {
        server.said += data;
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      return server;
    };
    const first = start();
    await expect.poll(() => first.said, { timeout: RUN_MS }).toMatch(/serves at http:\S+/);

    const beganMs = performance.now();
    const refused = start();
    expect(await refused.exited).toEqual([1, null]);
    console.info(`a second server ended after ${Math.round(performance.now() - beganMs)} ms`);
    expect(refused.said).toMatch(/^Another server \(process \d+ on .*\) works with .*--data-dir.*--wait.*\.\n$/);

    const next = start('--wait', '--log-level', 'silent');
    await expect.poll(() => next.said, { timeout: RUN_MS }).toMatch(/^Another server .* takes over when it ends\.\n$/);
    first.child.kill('SIGKILL');
    await expect.poll(() => next.said, { timeout: RUN_MS }).toMatch(/serves at http:\S+/);
    next.child.kill('SIGTERM');
    expect(await next.exited).toEqual([0, null]);
    rmSync(own, { recursive: true, force: true });
  });

  it('that waits ends at once on a signal', async () => {
    const own = mkdtempSync(join(tmpdir(), 'computepool-held-'));
    const lock = lockFolder(own);
    const child = launch('--data-dir', own, '--no-site', '--wait', '--log-level', 'silent');
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    if (typeof lock === 'object' && 'release' in lock) lock.release();
    rmSync(own, { recursive: true, force: true });
  });

  it.each([['--help'], ['--prot', '3000']])('loads options and nothing of the server for %s', async (...args) => {
    const list = join(root, 'loaded.txt');
    rmSync(list, { force: true });
    const flags = ['--import', 'tsx', '--import', asModule(RECORDER), MAIN, ...args];
    await promisify(execFile)(process.execPath, flags, { env: { ...env, LOADED: list } }).catch(() => {});
    const loaded = readFileSync(list, 'utf8').trim().split('\n');
    const files = loaded
      .filter((url) => url.startsWith('file:'))
      .map((url) => url.slice(url.indexOf(REPOSITORY) + REPOSITORY.length));
    expect(files).toContain('signaling/config/option-table.ts');
    const allowed = /^(signaling\/(main|config\/[\w-]+)|protocol\/(names|credits|limits))\.ts$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('says how to build the site when it is not there', async () => {
    const { code, said } = await run('--site', 'no-such-folder', '--port', '0');
    expect(code).toBe(1);
    expect(said).toContain('Run npm start');
  });

  it('tells every mistake of a configuration, and no secret', async () => {
    const { code, said } = await run('--port', 'x', '--stages', '0', '--database-url', 'mysql://u:hunter2@db/x');
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toHaveLength(3);
    expect(said).not.toContain('hunter2');
  });
});
