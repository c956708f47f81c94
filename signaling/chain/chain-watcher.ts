// Reads what happened to paid sessions on the chain, block by block and from where it was: a payer may close one, anybody may after its
// time. A chain that went another way is read again from further back.
import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { type Address, type Hex, parseEventLogs } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { Database } from '../db/open-database.ts';
import { chainFault } from './chain-error.ts';
import type { OpenChain } from './open-chain.ts';
import { chainCursors } from './tables.ts';

export interface WatcherOptions {
  chain: OpenChain;
  db: Database;
  logger: Pick<Logger, 'warn'>;
  /** Contracts beside the escrow whose transactions are told. */
  markets: readonly Address[];
  /** What was done to the escrow and to them since. Rejects: it is told again. */
  onSent(transactions: readonly Hex[]): Promise<void>;
  /** Something was done to these sessions. */
  onChanged(keys: readonly Hex[]): void;
  /** Nothing from this block on is certain any more. */
  onReorganised(fromBlock: bigint): Promise<void>;
  /** It was read up to this block: whatever is lost of it from now on is a reorganisation. */
  onRead(block: bigint): Promise<void>;
}

/** Public nodes give the logs of few blocks at once. */
const MOST_BLOCKS = 500n;
/** A chain that went another way did so for no longer than this. */
const BACK_BLOCKS = 128n;
const LEAST_MS = 500;

export class ChainWatcher {
  readonly #options: WatcherOptions;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  start(): void {
    const everyMs = Math.max(LEAST_MS, this.#options.chain.chain.blockSeconds * 1000);
    this.#timer = setInterval(() => void this.look(), everyMs);
    this.#timer.unref();
  }

  /** One look; those that come meanwhile wait for it. */
  look(): Promise<void> {
    this.#reading ??= this.#read()
      .catch((thrown) => this.#options.logger.warn({ why: chainFault(thrown).message }, 'the chain was not read'))
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { chain, markets, onSent, onChanged, onReorganised, onRead } = this.#options;
    const { reader } = chain;
    const head = (await reader.getBlockNumber()) - BigInt(chain.chain.confirmations);
    let cursor = await this.#cursor(head);
    if (head < 0n) return;
    const there = cursor.block > head ? undefined : await reader.getBlock({ blockNumber: cursor.block });
    if (there?.hash !== cursor.blockHash) {
      const from = cursor.block > BACK_BLOCKS ? cursor.block - BACK_BLOCKS : 0n;
      await onReorganised(from);
      cursor = { ...cursor, block: from };
    }
    while (cursor.block < head) {
      const toBlock = cursor.block + MOST_BLOCKS < head ? cursor.block + MOST_BLOCKS : head;
      const address = [chain.contracts.escrow, ...markets];
      const raw = await reader.getLogs({ address, fromBlock: cursor.block + 1n, toBlock });
      await onSent(raw.map(({ transactionHash }) => transactionHash));
      const logs = parseEventLogs({ abi: ESCROW_ABI, logs: raw });
      const keys = logs.flatMap(({ args }) => ('key' in args ? [args.key] : []));
      const { hash } = await reader.getBlock({ blockNumber: toBlock });
      // Told first: what is told twice changes nothing.
      if (keys.length > 0) onChanged([...new Set(keys)]);
      cursor = { block: toBlock, blockHash: hash };
      await this.#write(cursor);
    }
    await onRead(cursor.block);
  }

  async #cursor(head: bigint): Promise<{ block: bigint; blockHash: Hex }> {
    const { chain, db } = this.#options;
    const [row] = await db.select().from(chainCursors).where(eq(chainCursors.chainId, chain.chain.id));
    if (row) return { block: BigInt(row.block), blockHash: row.blockHash as Hex };
    // Nothing of ours is older than this server.
    const block = head > 0n ? head : 0n;
    const { hash } = await chain.reader.getBlock({ blockNumber: block });
    const cursor = { block, blockHash: hash };
    await this.#write(cursor);
    return cursor;
  }

  async #write({ block, blockHash }: { block: bigint; blockHash: Hex }): Promise<void> {
    const { chain, db } = this.#options;
    const set = { block: Number(block), blockHash };
    await db
      .insert(chainCursors)
      .values({ chainId: chain.chain.id, ...set })
      .onConflictDoUpdate({ target: chainCursors.chainId, set });
  }
}
