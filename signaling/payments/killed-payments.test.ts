// SIGKILL of a real server at each of its transactions, just before the chain has it and just after: never two opens, never two ends, no
// flow that nobody ends, and no money that nobody has. One of the fourteen here; ALL_KILLS=1 (`npm run test:kills`) does all.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  parseEventLogs,
  publicActions,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESCROW_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { type LocalChain, openLocalChain } from '../../tools/chain/local-chain.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { PaidTab, QUESTION } from './test-paid-tab.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const PROGRAM = fileURLToPath(new URL('./test-paid-server.ts', import.meta.url));
const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
/** Transactions of a session in their order, by how it is paid and how fast it is answered; and those at which the server is killed. */
const LIVES = [
  { mode: 'stream', paceMs: 150, steps: ['fund', 'seats', 'open', 'close'], at: ['fund', 'seats', 'open', 'close'] },
  { mode: 'stream', paceMs: 1_200, steps: ['fund', 'seats', 'open', 'rest'], at: ['rest'] },
  { mode: 'ticks', paceMs: 20, steps: ['fund', 'settle'], at: ['fund', 'settle'] },
] as const;
const FUNDS = 5_000_000n;
/** $20 for a million tokens at 10 a second, nine tenths of it. */
const RATE_WEI = 180_000_000_000_000n;
const ALL = LIVES.flatMap(({ at, ...life }) =>
  at.flatMap((step) => [
    { ...life, step, when: 'before' as const },
    { ...life, step, when: 'after' as const },
  ]),
);
const CASES = process.env.ALL_KILLS
  ? ALL
  : ALL.filter(({ mode, step, when }) => mode === 'ticks' && step === 'settle' && when === 'before');

let folder: string;
let chain: LocalChain;
let proxy: Server;
/** Called with the number of a transaction that the server sends. */
let onTransaction: (at: number, when: 'before' | 'after') => Promise<void> = async () => {};
let sent = 0;

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), 'computepool-killed-'));
  chain = await openLocalChain(folder);
  proxy = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const isTransaction = body.includes('eth_sendRawTransaction');
    const at = isTransaction ? ++sent : 0;
    if (isTransaction) await onTransaction(at, 'before');
    if (isTransaction && isCut) return void response.destroy();
    const answer = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (isTransaction) await onTransaction(at, 'after');
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
afterAll(async () => {
  proxy?.close();
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The server was killed before this arrived. */
let isCut = false;

class Killable {
  readonly #dataDir: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  constructor(dataDir: string, port: number) {
    this.#dataDir = dataDir;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const node = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const args = [String(this.#port), this.#dataDir, node, chain.deploymentFile, chain.keyFile];
    this.#child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = this.#child;
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (text) => String(text).includes('serves at') && resolve());
      child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it served.`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

const reader = () => createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 });
const usdcOf = (address: Address): Promise<bigint> =>
  reader().readContract({ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function newWallet() {
  const account = privateKeyToAccount(generatePrivateKey());
  const minter = createWalletClient({
    account: chain.payer,
    chain: anvil,
    transport: http(chain.url),
    pollingInterval: 20,
  });
  const args = [account.address, FUNDS] as const;
  const hash = await minter.writeContract({
    address: chain.deployment.usdc,
    abi: TOKEN_ABI,
    functionName: 'mint',
    args,
  });
  await minter.extend(publicActions).waitForTransactionReceipt({ hash });
  return account;
}

/** Opens a session, asks, and ends it. What the server does not answer any more is left. */
async function payAndAsk(
  url: string,
  wallet: Awaited<ReturnType<typeof newWallet>>,
  mode: 'stream' | 'ticks',
): Promise<{ vault: Address; key?: string }> {
  const body = JSON.stringify({ model: POOL, seconds: 60, mode });
  const post = (path: string, text: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text });
  const offered = await post('/v1/computepool/sessions', body);
  const { accepts } = JSON.parse(Buffer.from(offered.headers.get('payment-required')!, 'base64').toString());
  const signed = await new ExactEvmScheme(wallet).createPaymentPayload(2, accepts[0]);
  const payment = Buffer.from(JSON.stringify({ ...signed, accepted: accepts[0] })).toString('base64');
  const vault = accepts[0].payTo as Address;
  const opened = await post('/v1/computepool/sessions', body, { 'payment-signature': payment }).catch(() => undefined);
  if (opened?.status !== 201) return { vault };
  const { id, key } = (await opened.json()) as { id: string; key: string };
  const authorization = `Bearer ${key}`;
  const chat = { model: POOL, messages: [{ role: 'user', content: QUESTION }], max_tokens: 20 };
  await post('/v1/chat/completions', JSON.stringify(chat), { authorization }).then(
    (answer) => answer.text(),
    () => undefined,
  );
  await fetch(`${url}/v1/computepool/sessions/${id}`, { method: 'DELETE', headers: { authorization } }).catch(
    () => undefined,
  );
  return { vault, key };
}

async function untilClosed(vault: Address): Promise<{ names: string[]; key: Hex | undefined }> {
  const escrow = { address: chain.deployment.escrow, abi: ESCROW_ABI } as const;
  for (let tries = 0; tries < 300; tries++) {
    const logs = parseEventLogs({ abi: ESCROW_ABI, logs: await reader().getLogs({ ...escrow, fromBlock: 0n }) });
    const key = logs.find((log) => log.eventName === 'Funded' && log.args.vault === vault)?.args as
      | { key: Hex }
      | undefined;
    const names = logs
      .filter(({ args }) => key && 'key' in args && args.key === key.key)
      .map(({ eventName }) => eventName);
    if (names.includes('Closed') || names.includes('Reclaimed')) return { names, key: key!.key };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The session did not come to its end.');
}

describe.runIf(isThere)('with a chain', () => {
  test.each(CASES)('$mode: killed just $when its transaction to $step', async ({ mode, paceMs, steps, step, when }) => {
    const server = new Killable(mkdtempSync(join(folder, 'data-')), await freePort());
    try {
      await server.start();
      const tab = await PaidTab.serve(server.url, MARKET, privateKeyToAccount(generatePrivateKey()).address);
      tab.paceMs = paceMs;
      const wallet = await newWallet();
      const first = sent;
      let isDone = false;
      let killedMs = 0;
      onTransaction = async (at, now) => {
        if (isDone || at - first !== (steps as readonly string[]).indexOf(step) + 1 || now !== when) return;
        isDone = true;
        isCut = when === 'before';
        await server.kill();
        killedMs = performance.now();
      };
      const { vault, key } = await payAndAsk(server.url, wallet, mode);
      await expect.poll(() => isDone, { timeout: 20_000 }).toBe(true);
      isCut = false;
      await server.start();
      const awaySeconds = Math.ceil((performance.now() - killedMs) / 1000);
      if (key) {
        const { id } = await sessionOf(server.url, vault);
        const authorization = `Bearer ${key}`;
        if (id)
          await fetch(`${server.url}/v1/computepool/sessions/${id}`, { method: 'DELETE', headers: { authorization } });
      }
      const { names } = await untilClosed(vault);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const { names: after } = await untilClosed(vault);
      expect(after).toEqual(names);
      expect(after.filter((name) => name === 'Opened').length).toBeLessThanOrEqual(1);
      expect(after.filter((name) => name === 'Closed' || name === 'Reclaimed')).toHaveLength(1);
      expect(await usdcOf(vault)).toBe(0n);
      // A tab that lost its server in mid-answer has what streamed; nobody pays for more than the answer, the fee, ten seconds and those in
      // which no server was there.
      const cost = FUNDS - (await usdcOf(wallet.address));
      expect(cost * 10n ** 12n).toBeLessThanOrEqual(
        225n * 10n ** 12n + 40_000n * 10n ** 12n + BigInt(10 + awaySeconds) * RATE_WEI,
      );
    } finally {
      onTransaction = async () => {};
      isCut = false;
      await server.kill();
    }
  });
});

/** Its id, which only its payment's event says to who never got an answer. */
async function sessionOf(_url: string, vault: Address): Promise<{ id: Hex | undefined }> {
  const logs = await reader().getLogs({ address: chain.deployment.escrow, fromBlock: 0n });
  const funded = parseEventLogs({ abi: ESCROW_ABI, eventName: 'Funded', logs }).find(
    ({ args }) => args.vault === vault,
  );
  return { id: funded?.args.key };
}
