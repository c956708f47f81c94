// Sends transactions of one key, each of them once. A transaction is signed and written down before it goes out; where nobody knows
// what became of it, the very same bytes go out again, and only a definite no lets another one take its place.
import { and, desc, eq, ne } from 'drizzle-orm';
import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, TransactionReceiptNotFoundError } from 'viem';
import type { Database } from '../db/open-database.ts';
import { ChainRefusal, chainFault, unreachable } from './chain-error.ts';
import type { OpenChain } from './open-chain.ts';
import { chainTransactions } from './tables.ts';

export interface ChainCall {
  /** Names this very transaction for good: `<session>:open:0`. */
  key: string;
  /** The session or market pool that it is a step of. */
  subject: string;
  step: string;
  to: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  /** More is refused: what a stranger's own contract does within it is paid with our gas. */
  mostGas?: bigint;
}

export interface MinedCall {
  hash: Hex;
  block: bigint;
  /** Its block's own time. */
  atSeconds: number;
  gasUsed: bigint;
}

export type KnownTransaction = typeof chainTransactions.$inferSelect;

/** A node that has many transactions of ours waiting takes no more: it is asked for patience. */
const MAX_WAITING = 64;
/** Looks at which a nonce was used and no receipt was there. */
const MOST_TAKEN = 40;

export class ChainSender {
  readonly #chain: OpenChain;
  readonly #db: Database;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(chain: OpenChain, db: Database) {
    this.#chain = chain;
    this.#db = db;
  }

  /**
   * Resolves when it is mined and confirmed; for a key that is so already, at once. Rejects with `ChainRefusal` when it came to
   * nothing for good, with `chain-unreachable` when nobody knows: then the same call again goes on where this one was.
   */
  async send(call: ChainCall): Promise<MinedCall> {
    if (this.#waiting >= MAX_WAITING) throw unreachable('too many transactions wait');
    this.#waiting++;
    try {
      const row = (await this.#find(call.key)) ?? (await this.#inTurn(() => this.#sign(call)));
      return await this.#follow(row);
    } finally {
      this.#waiting--;
    }
  }

  /** Steps of a session or pool in the order that they were made. */
  listOf(subject: string): Promise<KnownTransaction[]> {
    return this.#db
      .select()
      .from(chainTransactions)
      .where(eq(chainTransactions.subject, subject))
      .orderBy(chainTransactions.createdAt, chainTransactions.nonce);
  }

  /** A key for the next transaction of this step: that of one that is under way, of which nobody knows yet what became. */
  async keyFor(subject: string, step: string): Promise<string> {
    const rows = await this.#db
      .select({ key: chainTransactions.key, state: chainTransactions.state })
      .from(chainTransactions)
      .where(and(eq(chainTransactions.subject, subject), eq(chainTransactions.step, step)));
    return rows.find(({ state }) => state === 'signed')?.key ?? `${subject}:${step}:${rows.length}`;
  }

  /**
   * Goes on with what a server before this one had written down: as long as it has not gone out, nothing after it can. Resolves when all
   * of it has come to an end, or is not known yet.
   */
  async resume(): Promise<void> {
    const rows = await this.sayAgain();
    await Promise.all(rows.map((row) => this.#follow(row).catch(() => undefined)));
  }

  /** Says those again that nobody knows yet, in their order: one that a node has lost holds up all behind it. */
  async sayAgain(): Promise<KnownTransaction[]> {
    const { chain, account } = this.#chain;
    const isOurs = and(eq(chainTransactions.chainId, chain.id), eq(chainTransactions.sender, account.address));
    const rows = await this.#db
      .select()
      .from(chainTransactions)
      .where(and(isOurs, eq(chainTransactions.state, 'signed')))
      .orderBy(chainTransactions.nonce)
      .limit(MAX_WAITING);
    for (const row of rows) await this.#broadcast(row);
    return rows;
  }

  /** Whether something of it is under way of which nobody knows yet. */
  async isUnknown(subject: string): Promise<boolean> {
    return (await this.listOf(subject)).some(({ state }) => state === 'signed');
  }

  /** What was taken to be mined from this block on is looked for again: the chain may have gone another way. */
  async recheck(fromBlock: bigint): Promise<void> {
    const { id } = this.#chain.chain;
    const rows = await this.#db
      .select()
      .from(chainTransactions)
      .where(and(eq(chainTransactions.chainId, id), eq(chainTransactions.state, 'mined')));
    for (const row of rows) {
      if (row.block === null || BigInt(row.block) < fromBlock || (await this.#receipt(row))) continue;
      await this.#write(row, { state: 'signed', block: null, minedAt: null, gasUsed: null });
      await this.#broadcast(row);
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(act, act);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #find(key: string): Promise<KnownTransaction | undefined> {
    const [row] = await this.#db.select().from(chainTransactions).where(eq(chainTransactions.key, key));
    return row;
  }

  /** Estimates, takes a nonce, signs and writes down. In turn: nonces have no gaps. */
  async #sign({ key, subject, step, ...call }: ChainCall): Promise<KnownTransaction> {
    const known = await this.#find(key);
    if (known) return known;
    const { chain, reader, wallet, account } = this.#chain;
    try {
      const { to, abi, functionName, args } = call;
      const estimated = await reader.estimateContractGas({ account, address: to, abi, functionName, args });
      if (call.mostGas !== undefined && estimated > call.mostGas)
        throw new ChainRefusal(`it would take ${estimated} gas`);
      const gas = (estimated * BigInt(chain.gas.percent)) / 100n;
      const data = encodeFunctionData({ abi, functionName, args });
      const nonce = await this.#nextNonce();
      const price = chain.gas.priceWei === undefined ? {} : { gasPrice: chain.gas.priceWei, type: 'legacy' as const };
      const request = await wallet.prepareTransactionRequest({ account, to, data, gas, nonce, ...price });
      const raw = await account.signTransaction(request as Parameters<typeof account.signTransaction>[0]);
      const [row] = await this.#db
        .insert(chainTransactions)
        .values({
          ...{ key, subject, step, nonce, raw, hash: keccak256(raw), state: 'signed' },
          ...{ chainId: chain.id, sender: account.address },
        })
        .returning();
      await this.#broadcast(row!);
      return row!;
    } catch (thrown) {
      throw chainFault(thrown);
    }
  }

  /** After the last that was written down, or what the chain says where others have used the key. */
  async #nextNonce(): Promise<number> {
    const { chain, reader, account } = this.#chain;
    const [last] = await this.#db
      .select({ nonce: chainTransactions.nonce })
      .from(chainTransactions)
      .where(
        and(
          eq(chainTransactions.chainId, chain.id),
          eq(chainTransactions.sender, account.address),
          ne(chainTransactions.state, 'replaced'),
        ),
      )
      .orderBy(desc(chainTransactions.nonce))
      .limit(1);
    const onChain = await reader.getTransactionCount({ address: account.address, blockTag: 'pending' });
    return Math.max(onChain, last ? last.nonce + 1 : 0);
  }

  /** What the node says to it is not believed: only a receipt is. */
  async #broadcast({ raw }: KnownTransaction): Promise<void> {
    await this.#chain.reader.sendRawTransaction({ serializedTransaction: raw as Hex }).catch(() => undefined);
  }

  async #follow(row: KnownTransaction): Promise<MinedCall> {
    if (row.state === 'mined') return minedOf(row);
    if (row.state !== 'signed') throw new ChainRefusal(`its transaction was ${row.state}`);
    const { everyMs, withinMs } = this.#chain.chain.receipt;
    const untilMs = performance.now() + withinMs;
    let taken = 0;
    for (let tries = 0; performance.now() < untilMs && !this.#isClosed; tries++) {
      const mined = await this.#look(row).catch((thrown) => {
        if (thrown instanceof ChainRefusal) throw thrown;
        return undefined;
      });
      if (mined && mined !== 'taken') return mined;
      // A node may know the nonce before the receipt: only what stays so is another one's.
      taken = mined === 'taken' ? taken + 1 : 0;
      if (taken >= MOST_TAKEN) {
        await this.#write(row, { state: 'replaced' });
        throw new ChainRefusal('another transaction took its nonce');
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      // It may never have arrived.
      if (tries % 20 === 19) await this.#broadcast(row);
    }
    throw unreachable('it was not mined in time');
  }

  async #look(row: KnownTransaction): Promise<MinedCall | 'taken' | undefined> {
    const { chain, reader, account } = this.#chain;
    const receipt = await this.#receipt(row);
    if (!receipt) {
      const used = await reader.getTransactionCount({ address: account.address, blockTag: 'latest' });
      return used > row.nonce ? 'taken' : undefined;
    }
    if (chain.confirmations > 0) {
      const head = await reader.getBlockNumber();
      if (head < receipt.blockNumber + BigInt(chain.confirmations)) return undefined;
    }
    const block = await reader.getBlock({ blockNumber: receipt.blockNumber });
    const state = receipt.status === 'success' ? ('mined' as const) : ('reverted' as const);
    const mined = {
      ...{ state, block: Number(receipt.blockNumber), gasUsed: String(receipt.gasUsed) },
      minedAt: new Date(Number(block.timestamp) * 1000),
    };
    await this.#write(row, mined);
    if (state === 'reverted') throw new ChainRefusal('it reverted');
    return minedOf({ ...row, ...mined });
  }

  async #receipt({ hash }: KnownTransaction) {
    return this.#chain.reader.getTransactionReceipt({ hash: hash as Hex }).catch((thrown) => {
      if (thrown instanceof TransactionReceiptNotFoundError) return undefined;
      throw thrown;
    });
  }

  async #write({ key }: KnownTransaction, set: Partial<KnownTransaction>): Promise<void> {
    await this.#db.update(chainTransactions).set(set).where(eq(chainTransactions.key, key));
  }
}

const minedOf = ({ hash, block, minedAt, gasUsed }: KnownTransaction): MinedCall => ({
  hash: hash as Hex,
  block: BigInt(block ?? 0),
  atSeconds: Math.floor((minedAt?.getTime() ?? 0) / 1000),
  gasUsed: BigInt(gasUsed ?? 0),
});
