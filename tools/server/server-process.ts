// The server as a process of its own, which a test or a bench may kill and start again at the same address over the same data.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** As the first start printed it. */
  readonly ownerToken: string;
  /** SIGKILL, as a power cut or the kernel does it. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when it serves again. */
  start(): Promise<void>;
  /** Kills it and removes its data. */
  close(): Promise<void>;
}

/** @param args flags of `npm start`, and before the program those of Node where `nodeArgs` has any. */
export async function startServerProcess(
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-server-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = ['--host', '127.0.0.1', '--port', String(port), '--data-dir', join(dataDir, 'data')];
  let child: ChildProcess;
  let ownerToken = '';
  const start = async (): Promise<void> => {
    child = spawn(
      process.execPath,
      ['--import', 'tsx', ...nodeArgs, 'signaling/main.ts', ...where, '--log-level', 'error', ...args],
      { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    ownerToken = (await serves(child)) ?? ownerToken;
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    url,
    get pid() {
      return child.pid!;
    },
    get ownerToken() {
      return ownerToken;
    },
    kill,
    start,
    async close() {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Until it prints that it does. Gives the owner's token, where it prints one. */
function serves(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += chunk;
      if (text.includes('ComputePool serves at')) resolve(/\bcpo-[\w-]{43}\b/.exec(text)?.[0]);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it served.`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
