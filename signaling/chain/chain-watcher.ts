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

/** The last block that was read. */
interface Cursor {
  block: bigint;
  blockHash: Hex;
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
  /** What has to be looked at once more: a node in the middle of it, or another one behind the same address, still says what was. */
  #unsureFrom: bigint | undefined;

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
    const unsureFrom = this.#unsureFrom;
    if (cursor.block > head || !(await this.#isThere(cursor))) {
      const from = cursor.block > BACK_BLOCKS ? cursor.block - BACK_BLOCKS : 0n;
      await onReorganised(from);
      this.#unsureFrom = from;
      cursor = { block: from, blockHash: await this.#hashOf(from) };
    } else if (unsureFrom !== undefined) {
      await onReorganised(unsureFrom);
      this.#unsureFrom = undefined;
    }
    while (cursor.block < head) {
      const toBlock = cursor.block + MOST_BLOCKS < head ? cursor.block + MOST_BLOCKS : head;
      const next = { block: toBlock, blockHash: await this.#hashOf(toBlock) };
      const address = [chain.contracts.escrow, ...markets];
      const raw = await reader.getLogs({ address, fromBlock: cursor.block + 1n, toBlock });
      await onSent(raw.map(({ transactionHash }) => transactionHash));
      const logs = parseEventLogs({ abi: ESCROW_ABI, logs: raw });
      const keys = logs.flatMap(({ args }) => ('key' in args ? [args.key] : []));
      // Told first: what is told twice changes nothing.
      if (keys.length > 0) onChanged([...new Set(keys)]);
      // It went another way while this was read: what was read is of neither, and the next look notices.
      if (!(await this.#isThere(cursor)) || !(await this.#isThere(next))) return;
      cursor = next;
      await this.#write(cursor);
    }
    await onRead(cursor.block);
  }

  async #hashOf(blockNumber: bigint): Promise<Hex> {
    return (await this.#options.chain.reader.getBlock({ blockNumber })).hash;
  }

  async #isThere({ block, blockHash }: Cursor): Promise<boolean> {
    return (await this.#hashOf(block)) === blockHash;
  }

  async #cursor(head: bigint): Promise<Cursor> {
    const { chain, db } = this.#options;
    const [row] = await db.select().from(chainCursors).where(eq(chainCursors.chainId, chain.chain.id));
    if (row) return { block: BigInt(row.block), blockHash: row.blockHash as Hex };
    // Nothing of ours is older than this server.
    const block = head > 0n ? head : 0n;
    const cursor = { block, blockHash: await this.#hashOf(block) };
    await this.#write(cursor);
    return cursor;
  }

  async #write({ block, blockHash }: Cursor): Promise<void> {
    const { chain, db } = this.#options;
    const set = { block: Number(block), blockHash };
    await db
      .insert(chainCursors)
      .values({ chainId: chain.chain.id, ...set })
      .onConflictDoUpdate({ target: chainCursors.chainId, set });
  }
}
