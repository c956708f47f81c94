// Sends transactions of one key, each of them once. A transaction is signed and written down before it goes out; where nobody knows
// what became of it, the very same bytes go out again, or the same for more gas money under the same nonce, and only a definite no lets
// another one take its place.
import { and, desc, eq, gte, inArray, ne, or } from 'drizzle-orm';
import { encodeFunctionData, type Hex, keccak256 } from 'viem';
import type { Database } from '../db/open-database.ts';
import { type ChainCall, findReceipt, isStill, type KnownTransaction, type MinedCall, minedOf } from './chain-call.ts';
import { ChainRefusal, chainFault, unreachable } from './chain-error.ts';
import type { OpenChain } from './open-chain.ts';
import { raiseFees } from './raise-fees.ts';
import { chainTransactions } from './tables.ts';

/** A node that has many transactions of ours waiting takes no more: it is asked for patience. */
const MAX_WAITING = 64;
/** Looks at which a nonce was used and no receipt was there. */
const MOST_TAKEN = 40;
/** One that has waited for so many blocks, and so long, offers too little for its gas. */
const STUCK_BLOCKS = 8;
const LEAST_STUCK_MS = 15_000;
/** The last of them offers 2.5 times as much, or what the node's market says where that is more. */
const MOST_RAISES = 8;

export interface ChainSenderOptions {
  /** For tests. */
  stuckMs?: number;
}
/** A chain that went another way did so for no longer than this. */
const RECENT_BLOCKS = 128n;

export class ChainSender {
  readonly #chain: OpenChain;
  readonly #db: Database;
  readonly #stuckMs: number;
  /** Those whose end somebody waits for. */
  readonly #followed = new Map<string, Promise<MinedCall>>();
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  /** Mined in these blocks, which whoever reads the chain block by block has not come to yet. */
  readonly #fresh = new Map<string, bigint>();

  constructor(chain: OpenChain, db: Database, options: ChainSenderOptions = {}) {
    this.#chain = chain;
    this.#db = db;
    this.#stuckMs = options.stuckMs ?? Math.max(LEAST_STUCK_MS, STUCK_BLOCKS * chain.chain.blockSeconds * 1000);
  }

  /**
   * Resolves when it is mined and confirmed; for a key that is so already, at once. Rejects with `ChainRefusal` when it came to
   * nothing for good, with `chain-unreachable` when nobody knows: then the same call again goes on where this one was.
   */
  async send(call: ChainCall): Promise<MinedCall> {
    return (await this.begin(call)).mined;
  }

  /** Resolves when it is written down and has its place in the order of all: what is sent after it comes after it. */
  async begin(call: ChainCall): Promise<{ mined: Promise<MinedCall> }> {
    if (this.#waiting >= MAX_WAITING && !call.isUrgent) throw unreachable('too many transactions wait');
    this.#waiting++;
    const leave = (): void => {
      this.#waiting--;
    };
    try {
      const row = (await this.#find(call.key)) ?? (await this.#inTurn(() => this.#sign(call)));
      const mined = this.#follow(row);
      mined.then(leave, leave);
      return { mined };
    } catch (thrown) {
      leave();
      throw thrown;
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
    const head = await this.#chain.reader.getBlockNumber();
    await this.recheck(head > RECENT_BLOCKS ? head - RECENT_BLOCKS : 0n);
    const rows = await this.sayAgain();
    await Promise.all(rows.map((row) => this.#follow(row).catch(() => undefined)));
  }

  /**
   * Says those again that nobody knows yet, in their order: one that a node has lost holds up all behind it. Where nobody waits for one
   * its end is written down here.
   */
  async sayAgain(): Promise<KnownTransaction[]> {
    const rows = await this.#db
      .select()
      .from(chainTransactions)
      .where(and(this.#isOurs(), eq(chainTransactions.state, 'signed')))
      .orderBy(chainTransactions.nonce)
      .limit(MAX_WAITING);
    for (const row of rows) {
      await this.#sayOne(row);
      if (!this.#followed.has(row.key)) await this.#look(row).catch(() => undefined);
    }
    return rows;
  }

  /** Those of this key that are signed and of which nobody knows yet. */
  async countWaiting(): Promise<number> {
    return this.#db.$count(chainTransactions, and(this.#isOurs(), eq(chainTransactions.state, 'signed')));
  }

  /** Whether something of it is under way of which nobody knows yet. */
  async isUnknown(subject: string): Promise<boolean> {
    return (await this.listOf(subject)).some(({ state }) => state === 'signed');
  }

  /**
   * What had come to its end from this block on is looked for again: the chain may have gone another way. What reverted there may do so
   * no more, and without its nonce nothing after it counts.
   */
  async recheck(fromBlock: bigint): Promise<void> {
    const { reader, account } = this.#chain;
    const { state, block, nonce } = chainTransactions;
    const used = await reader.getTransactionCount({ address: account.address, blockTag: 'latest' });
    const isRecent = and(inArray(state, ['mined', 'reverted']), gte(block, Number(fromBlock)));
    // What took its nonce is gone as well.
    const isFree = and(eq(state, 'replaced'), gte(nonce, used));
    const rows = await this.#db
      .select()
      .from(chainTransactions)
      .where(and(this.#isOurs(), or(isRecent, isFree)))
      .orderBy(nonce);
    for (const row of rows) await this.#sendIfLost(row);
  }

  /**
   * The chain was read up to here, and what is lost of it from now on is noticed: what was mined until then is looked for once more.
   * True where some of it was gone, and goes out again.
   */
  async confirmUpTo(block: bigint): Promise<boolean> {
    const passed = [...this.#fresh].filter(([, at]) => at <= block);
    if (passed.length === 0) return false;
    const keys = passed.map(([key]) => key);
    const rows = await this.#db
      .select()
      .from(chainTransactions)
      .where(inArray(chainTransactions.key, keys))
      .orderBy(chainTransactions.nonce);
    let isLost = false;
    for (const row of rows) {
      if (row.state !== 'signed' && (await this.#sendIfLost(row))) isLost = true;
      this.#fresh.delete(row.key);
    }
    return isLost;
  }

  async #sendIfLost(row: KnownTransaction): Promise<boolean> {
    if (row.state !== 'replaced' && (await isStill(this.#chain.reader, row))) return false;
    const again = { ...row, state: 'signed' as const, block: null, minedAt: null, gasUsed: null };
    await this.#write(row, { state: 'signed', block: null, minedAt: null, gasUsed: null });
    await this.#broadcast(again);
    // Its session may be over, and nobody else waits for it.
    void this.#follow(again).catch(() => undefined);
    return true;
  }

  close(): void {
    this.#isClosed = true;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(act, act);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  #isOurs() {
    const { chain, account } = this.#chain;
    return and(eq(chainTransactions.chainId, chain.id), eq(chainTransactions.sender, account.address));
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
          ...{ chainId: chain.id, sender: account.address, signedAt: new Date() },
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
    const { reader, account } = this.#chain;
    const [last] = await this.#db
      .select({ nonce: chainTransactions.nonce })
      .from(chainTransactions)
      .where(and(this.#isOurs(), ne(chainTransactions.state, 'replaced')))
      .orderBy(desc(chainTransactions.nonce))
      .limit(1);
    const onChain = await reader.getTransactionCount({ address: account.address, blockTag: 'pending' });
    return Math.max(onChain, last ? last.nonce + 1 : 0);
  }

  /** What the node says to it is not believed: only a receipt is. */
  async #broadcast({ raw }: Pick<KnownTransaction, 'raw'>): Promise<void> {
    await this.#chain.reader.sendRawTransaction({ serializedTransaction: raw as Hex }).catch(() => undefined);
  }

  /** Again as it is, or for more gas money where it has waited for long. */
  async #sayOne(row: KnownTransaction): Promise<void> {
    const isStuck = Date.now() - row.signedAt.getTime() > this.#stuckMs && row.earlier.length < MOST_RAISES;
    const raised = isStuck ? await this.#raise(row).catch(() => undefined) : undefined;
    await this.#broadcast(raised ?? row);
  }

  /** Undefined where it has come to its end meanwhile, or somebody else has raised it. */
  async #raise(row: KnownTransaction): Promise<KnownTransaction | undefined> {
    const { reader, account } = this.#chain;
    const used = await reader.getTransactionCount({ address: account.address, blockTag: 'latest' });
    // It waits for those before it, or is mined: more money would change nothing.
    if (used !== row.nonce) return undefined;
    const fees = await reader.estimateFeesPerGas().catch(() => ({}));
    const raw = await raiseFees(account, row.raw as Hex, fees);
    const set = {
      ...{ raw, hash: keccak256(raw), signedAt: new Date() },
      earlier: [...row.earlier, { hash: row.hash, raw: row.raw }],
    };
    const isSame = and(eq(chainTransactions.key, row.key), eq(chainTransactions.hash, row.hash));
    const [raised] = await this.#db
      .update(chainTransactions)
      .set(set)
      .where(and(isSame, eq(chainTransactions.state, 'signed')))
      .returning();
    return raised;
  }

  #follow(row: KnownTransaction): Promise<MinedCall> {
    const known = this.#followed.get(row.key);
    if (known) return known;
    const following = this.#untilMined(row).finally(() => this.#followed.delete(row.key));
    following.catch(() => undefined);
    this.#followed.set(row.key, following);
    return following;
  }

  async #untilMined(first: KnownTransaction): Promise<MinedCall> {
    if (first.state === 'mined') return minedOf(first);
    if (first.state !== 'signed') throw new ChainRefusal(`its transaction was ${first.state}`);
    const { everyMs, withinMs } = this.#chain.chain.receipt;
    const untilMs = performance.now() + withinMs;
    let row = first;
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
      if (tries % 20 !== 19) continue;
      // It may never have arrived, or have been said again for more.
      row = (await this.#find(row.key)) ?? row;
      if (row.state === 'signed') await this.#sayOne(row);
    }
    throw unreachable('it was not mined in time');
  }

  async #look(row: KnownTransaction): Promise<MinedCall | 'taken' | undefined> {
    const { chain, reader, account } = this.#chain;
    const found = await findReceipt(this.#chain.reader, row);
    if (!found) {
      const used = await reader.getTransactionCount({ address: account.address, blockTag: 'latest' });
      return used > row.nonce ? 'taken' : undefined;
    }
    const { receipt, as } = found;
    if (chain.confirmations > 0) {
      const head = await reader.getBlockNumber();
      if (head < receipt.blockNumber + BigInt(chain.confirmations)) return undefined;
    }
    const block = await reader.getBlock({ blockNumber: receipt.blockNumber });
    const state = receipt.status === 'success' ? ('mined' as const) : ('reverted' as const);
    const mined = {
      ...as,
      ...{ state, block: Number(receipt.blockNumber), gasUsed: String(receipt.gasUsed) },
      minedAt: new Date(Number(block.timestamp) * 1000),
    };
    await this.#write(row, mined);
    this.#fresh.set(row.key, receipt.blockNumber);
    if (state === 'reverted') throw new ChainRefusal('it reverted');
    return minedOf({ ...row, ...mined });
  }

  async #write({ key }: KnownTransaction, set: Partial<KnownTransaction>): Promise<void> {
    await this.#db.update(chainTransactions).set(set).where(eq(chainTransactions.key, key));
  }
}
