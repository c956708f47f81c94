// A local chain: anvil, on a free port of the loopback, ended by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { foundryProgram } from './foundry-program.ts';

export interface Anvil {
  url: string;
  close(): Promise<void>;
}

export interface AnvilOptions {
  /** 0: any that is free. */
  port?: number;
  chainId?: number;
  /** A state that it goes on from. */
  loadState?: string;
  /** Blocks at this pace beside those of transactions, which have their own at once: the chain's clock goes on. */
  blockSeconds?: number;
}

const READY_MS = 30_000;

/** Throws where it is not installed, with what installs it. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { chainId = 31337, loadState, blockSeconds } = options;
  const program = foundryProgram('anvil');
  const port = options.port || (await freePort());
  const given = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId), '--silent'];
  if (loadState) given.push('--load-state', loadState);
  if (blockSeconds) given.push('--block-time', String(blockSeconds), '--mixed-mining');
  // Between the two, so that it ends with this process even where that is killed.
  const keeper = fileURLToPath(new URL('run-anvil.mjs', import.meta.url));
  const child = spawn(process.execPath, [keeper, program, ...given], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  const url = `http://127.0.0.1:${port}`;
  const untilMs = Date.now() + READY_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > untilMs) {
      child.kill();
      throw new Error(`The local chain did not start: ${said.trim() || 'it said nothing'}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
