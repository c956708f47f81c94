import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { startServer } from './start-server.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** The embedded database takes seconds to start on a busy machine. */
const RUN_MS = 60_000;
const dataDir = mkdtempSync(join(tmpdir(), 'computepool-main-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const argsFor = (...args: string[]): string[] => ['--import', 'tsx', MAIN, '--data-dir', dataDir, ...args];

/** Exit code and words of a run that ends by itself. */
const run = async (...args: string[]): Promise<{ code: number; said: string }> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, argsFor(...args), { timeout: RUN_MS });
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
};

describe('the command line', { timeout: RUN_MS }, () => {
  it('says where it serves, answers there, and ends on a signal', async () => {
    const child = spawn(process.execPath, argsFor('--no-site', '--port', '0'));
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

  it('names the next step when the port is taken', async () => {
    const other = await startServer({ logger: 'silent' });
    const { code, said } = await run('--no-site', '--port', String(other.port));
    await other.close();
    expect(code).toBe(1);
    expect(said).toBe(
      `Port ${other.port} is in use. Stop what uses it, or take another one: --port ${other.port + 1}.\n`,
    );
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
