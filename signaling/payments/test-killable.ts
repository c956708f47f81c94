// A server of a market pool as a process that a test kills and starts again, wallets that pay it, and what the chain says of their
// sessions. Used by tests only.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { ESCROW_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { LocalChain } from '../../tools/chain/local-chain.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';

const PROGRAM = fileURLToPath(new URL('./test-paid-server.ts', import.meta.url));
export const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);

export class KillableServer {
  readonly #dataDir: string;
  readonly #port: number;
  readonly #chain: LocalChain;
  readonly #node: string;
  #child: ChildProcess | undefined;

  private constructor(dataDir: string, port: number, { chain, node }: { chain: LocalChain; node: string }) {
    this.#dataDir = dataDir;
    this.#port = port;
    this.#chain = chain;
    this.#node = node;
  }

  /** Serves when it resolves. `node`: another way to the chain's own. */
  static async start(dataDir: string, chain: LocalChain, node = chain.url): Promise<KillableServer> {
    const server = new KillableServer(dataDir, await freePort(), { chain, node });
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Once more over the same data, at the same port. */
  async start(): Promise<void> {
    const { deploymentFile, keyFile } = this.#chain;
    const args = [String(this.#port), this.#dataDir, this.#node, deploymentFile, keyFile];
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const readerOf = ({ url }: LocalChain) => createPublicClient({ chain: anvil, transport: http(url), cacheTime: 0 });

export const usdcOf = (chain: LocalChain, address: Address): Promise<bigint> =>
  readerOf(chain).readContract({
    ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] },
  });

/** A wallet with so many millionths of a dollar. */
export async function newPayer(chain: LocalChain, funds: bigint): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey());
  const minter = createWalletClient({
    ...{ account: chain.payer, chain: anvil, transport: http(chain.url), pollingInterval: 20 },
  });
  const hash = await minter.writeContract({
    ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'mint', args: [account.address, funds] },
  });
  await minter.extend(publicActions).waitForTransactionReceipt({ hash });
  return account;
}

export interface OpenedSession {
  vault: Address;
  /** Its offer’s, in millionths of a dollar. */
  fee: bigint;
  /** Undefined: the server did not live to say them. */
  id?: string;
  key?: string;
}

/** Pays for a minute of a session. */
export async function paySession(
  url: string,
  wallet: PrivateKeyAccount,
  mode: 'stream' | 'ticks',
): Promise<OpenedSession> {
  const body = JSON.stringify({ model: POOL, seconds: 60, mode });
  const offered = await post(`${url}/v1/computepool/sessions`, body);
  const { accepts } = JSON.parse(Buffer.from(offered.headers.get('payment-required')!, 'base64').toString());
  const signed = await new ExactEvmScheme(wallet).createPaymentPayload(2, accepts[0]);
  const payment = Buffer.from(JSON.stringify({ ...signed, accepted: accepts[0] })).toString('base64');
  const made = { vault: accepts[0].payTo as Address, fee: BigInt(accepts[0].extra.terms.fee) };
  const headers = { 'payment-signature': payment };
  const opened = await post(`${url}/v1/computepool/sessions`, body, headers).catch(() => undefined);
  return opened?.status === 201 ? { ...made, ...((await opened.json()) as { id: string; key: string }) } : made;
}

export function ask(url: string, key: string, content: string, stream = false): Promise<Response> {
  const chat = { model: POOL, messages: [{ role: 'user', content }], max_tokens: 20, stream };
  return post(`${url}/v1/chat/completions`, JSON.stringify(chat), { authorization: `Bearer ${key}` });
}

/** Its payer wants the rest back. Whether the server is there is not asked. */
export async function endSession(url: string, { id, key }: OpenedSession): Promise<void> {
  const ended = { method: 'DELETE', headers: { authorization: `Bearer ${key}` } };
  await fetch(`${url}/v1/computepool/sessions/${id}`, ended).catch(() => undefined);
}

const post = (url: string, text: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text });

export interface ClosedSession {
  /** The escrow's events of it, in their order. */
  names: string[];
  /** Wei that operators, treasury and suspense had of it, as its last event says. */
  paidWei: bigint;
}

export async function untilClosed(chain: LocalChain, vault: Address): Promise<ClosedSession> {
  for (let tries = 0; tries < 300; tries++) {
    const logs = parseEventLogs({
      abi: ESCROW_ABI,
      logs: await readerOf(chain).getLogs({ address: chain.deployment.escrow, fromBlock: 0n }),
    });
    const funded = logs.find((log) => log.eventName === 'Funded' && log.args.vault === vault)?.args as
      | { key: Hex }
      | undefined;
    const own = logs.filter(({ args }) => funded && 'key' in args && args.key === funded.key);
    const names = own.map(({ eventName }) => eventName);
    const end = own.find(({ eventName }) => eventName === 'Closed' || eventName === 'Reclaimed');
    if (end) return { names, paidWei: end.eventName === 'Closed' ? end.args.paid : 0n };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The session did not come to its end.');
}
