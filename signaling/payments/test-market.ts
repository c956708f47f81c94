// A market pool on a real local chain, for tests: anvil, Superfluid, our contracts, payments over them, and wallets to pay with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PaymentPayload } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import pino from 'pino';
import { type Address, createWalletClient, type Hex, http, parseEther, publicActions } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { GDA_POOL_ABI, MARKET_POOL_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import type { Chain } from '../../protocol/chains.ts';
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import { type LocalChain, openLocalChain } from '../../tools/chain/local-chain.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { readChain } from '../chain/read-chain.ts';
import { type Database, type OpenDatabase, openDatabase } from '../db/open-database.ts';
import type { Paid } from './payment-types.ts';
import { Payments } from './payments.ts';
import type { Ask } from './plan-offer.ts';

export const MARKET_POOL = 'a/b@main:q4/market' as PoolId;

export interface TestMarketOptions {
  price?: Price;
  tokensPerSecond?: number;
}

export class TestMarket {
  readonly local: LocalChain;
  /** Its terms may be changed. */
  readonly chain: OpenChain & { chain: Chain };
  readonly stopped: JobId[] = [];
  /** What running jobs are worth so far, in pico-dollars. */
  readonly running = new Map<JobId, number>();
  readonly #folder: string;
  readonly #options: Required<TestMarketOptions>;
  readonly #database: OpenDatabase;
  readonly #payouts = new Map<PeerId, Address>();
  payments!: Payments;

  private constructor(
    local: LocalChain,
    folder: string,
    { database, url, options }: { database: OpenDatabase; url: string; options: TestMarketOptions },
  ) {
    this.local = local;
    this.#folder = folder;
    this.#database = database;
    this.#options = { price: { promptMicros: 5_000, completionMicros: 20_000 }, tokensPerSecond: 100, ...options };
    const files = { deploymentFile: local.deploymentFile, keyFile: local.keyFile };
    const { chain } = readChain({ key: 'local', url, ...files });
    this.chain = { ...chain, chain: { ...chain.chain } };
  }

  /** `through`: another way to its node. */
  static async open(
    options: TestMarketOptions = {},
    through: (url: string) => Promise<string> = async (url) => url,
  ): Promise<TestMarket> {
    const folder = mkdtempSync(join(tmpdir(), 'computepool-market-'));
    const local = await openLocalChain(folder);
    const [database, url] = [await openDatabase({ memory: true }), await through(local.url)];
    const market = new TestMarket(local, folder, { database, url, options });
    await market.start();
    return market;
  }

  /** Begins anew over the same database, as a server that was killed does. */
  async start(): Promise<void> {
    this.payments = await this.openOver(this.#database.db);
    this.payments.start();
  }

  /** Payments of the same chain over a database. */
  openOver(db: Database, isNew = false, takesOver = isNew): Promise<Payments> {
    const { price, tokensPerSecond } = this.#options;
    return Payments.open({
      ...{ db, chain: this.chain, logger: pino({ level: 'silent' }), isNew, takesOver },
      markets: [this.contract],
      marketOf: (pool) => (pool === MARKET_POOL ? { contract: this.contract, price, treasuryUnits: 3_000 } : undefined),
      payoutOf: (peer) => this.payoutOf(peer),
      paceOf: async () => tokensPerSecond,
      runningPico: (job) => this.running.get(job) ?? 0,
      stopJob: (job) => {
        this.stopped.push(job);
        void this.payments.funding.release(job);
      },
    });
  }

  get db(): Database {
    return this.#database.db;
  }

  async rpc(method: string, params: unknown[] = []): Promise<unknown> {
    const response = await fetch(this.local.url, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await response.json()).result;
  }

  get contract(): Address {
    return this.local.deployment.pools.market!;
  }

  /** Each peer its own. */
  payoutOf(peer: PeerId): Address {
    const known = this.#payouts.get(peer) ?? privateKeyToAccount(generatePrivateKey()).address;
    this.#payouts.set(peer, known);
    return known;
  }

  /** A wallet with so many millionths of a dollar. */
  async newWallet(usdcUnits: bigint): Promise<PrivateKeyAccount> {
    const account = privateKeyToAccount(generatePrivateKey());
    await this.mint(account.address, usdcUnits);
    return account;
  }

  async mint(to: Address, usdcUnits: bigint): Promise<void> {
    const wallet = createWalletClient({
      ...{ account: this.local.payer, chain: anvil, transport: http(this.local.url), pollingInterval: 20 },
    });
    const hash = await wallet.writeContract({
      ...{ address: this.chain.contracts.usdc, abi: TOKEN_ABI, functionName: 'mint', args: [to, usdcUnits] },
    });
    await wallet.extend(publicActions).waitForTransactionReceipt({ hash });
  }

  /** Gas money for who sends transactions itself. */
  async giveGas(to: Address): Promise<void> {
    await this.rpc('anvil_setBalance', [to, `0x${parseEther('10').toString(16)}`]);
  }

  /** Signs what an offer asks for, as the stock client does. */
  async sign(wallet: PrivateKeyAccount, accepted: PaymentPayload['accepted']): Promise<PaymentPayload> {
    const { payload, x402Version } = await new ExactEvmScheme(wallet).createPaymentPayload(2, accepted);
    return { x402Version, payload, accepted };
  }

  async pay(
    wallet: PrivateKeyAccount,
    want: Ask['want'],
    mode: Ask['mode'],
    kind: 'answer' | 'session' = 'session',
  ): Promise<Paid> {
    const accepted = await this.payments.offer(MARKET_POOL, kind, want, { mode });
    return this.payments.take(await this.sign(wallet, accepted));
  }

  usdcOf(address: Address): Promise<bigint> {
    return this.chain.reader.readContract({
      ...{ address: this.chain.contracts.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] },
    });
  }

  /** Wei of USDCx that an address has received, out of the pool and by itself; nobody fetches or spends any. */
  async receivedBy(address: Address): Promise<bigint> {
    const { reader, contracts } = this.chain;
    const pool = { address: this.contract, abi: MARKET_POOL_ABI } as const;
    const gda = {
      address: await reader.readContract({ ...pool, functionName: 'gdaPool' }),
      abi: GDA_POOL_ABI,
    } as const;
    const usdcx = { address: contracts.usdcx, abi: TOKEN_ABI } as const;
    const args = [address] as const;
    const [throughPool, owned] = await Promise.all([
      reader.readContract({ ...gda, functionName: 'getTotalAmountReceivedByMember', args }),
      reader.readContract({ ...usdcx, functionName: 'balanceOf', args }),
    ]);
    return throughPool + owned;
  }

  /** Waits until nothing of the session is left to do. */
  async untilOver(key: Hex, withinMs = 60_000): Promise<void> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      await this.payments.settled(key);
      const session = await this.payments.read(key);
      if (session?.state === 'over') return;
      if (performance.now() > untilMs) throw new Error(`The session ${key} did not come to its end.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async close(): Promise<void> {
    await this.payments.close();
    await this.#database.close();
    await this.local.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
