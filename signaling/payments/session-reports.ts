// What people read of paid sessions: where the money lies, what has streamed, how it ended on the chain, and what operators had of it.
// Moves nothing.
import { desc, eq, or, sql } from 'drizzle-orm';
import { type Address, type Hex, parseEventLogs } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import { vaultOfKey } from '../../protocol/quote.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { Database } from '../db/open-database.ts';
import { type PaidSession, sessionOfRow } from './paid-session.ts';
import type { SessionStore } from './session-store.ts';
import { TOTAL_UNITS } from './split.ts';
import { paidJobs, paidSessions } from './tables.ts';

/** Wei of a dollar, 18 digits. */
export interface SessionEnd {
  refundedWei: bigint;
  transaction: Hex;
}

export interface SessionReportOptions {
  db: Database;
  chain: OpenChain;
  sender: Pick<ChainSender, 'listOf'>;
  store: SessionStore;
  payoutOf(peer: PeerId): Address | undefined;
  /** The treasury's part of 10,000. */
  treasuryUnitsOf(pool: PoolId): number;
}

/** Steps with which money goes back. */
const ENDS = ['close', 'settle', 'reclaim', 'return'];
const MOST_ROWS = 100;
/** Ends that are remembered: a transaction says the same again, as long as its block is there. */
const MOST_ENDS = 1000;

export class SessionReports {
  readonly #options: SessionReportOptions;
  readonly #ends = new Map<Hex, SessionEnd>();

  constructor(options: SessionReportOptions) {
    this.#options = options;
  }

  placeOf({ key }: PaidSession): { chainId: number; escrow: Address; vault: Address } {
    const { chain, contracts } = this.#options.chain;
    const at = { chainId: chain.id, escrow: contracts.escrow };
    return { ...at, vault: vaultOfKey(at, key) };
  }

  /** What went back of one that is over, by the escrow's own events. Undefined where the chain does not say so, or not now. */
  async endOf(session: PaidSession): Promise<SessionEnd | undefined> {
    if (session.state !== 'over') return undefined;
    const known = this.#ends.get(session.key);
    if (known) return known;
    const read = await this.#readEnd(session.key).catch(() => undefined);
    if (!read) return undefined;
    this.#ends.set(session.key, read);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MOST_ENDS && oldest !== undefined) this.#ends.delete(oldest);
    return read;
  }

  forgetEnds(): void {
    this.#ends.clear();
  }

  async #readEnd(key: Hex): Promise<SessionEnd | undefined> {
    const { sender, chain } = this.#options;
    const rows = (await sender.listOf(key)).filter(({ step, state }) => state === 'mined' && ENDS.includes(step));
    let refundedWei = 0n;
    let transaction: Hex | undefined;
    for (const { hash } of rows) {
      const { logs } = await chain.reader.getTransactionReceipt({ hash: hash as Hex });
      for (const { eventName, args } of parseEventLogs({ abi: ESCROW_ABI, logs })) {
        if (eventName === 'Closed' && args.key === key) refundedWei += args.refunded + args.returned;
        else if (eventName === 'Reclaimed' && args.key === key) refundedWei += args.value;
        else continue;
        transaction = hash as Hex;
      }
    }
    return transaction && { refundedWei, transaction };
  }

  /** Newest first: those in which these peers worked, and those of these pools. */
  async listOf({ peers, pools }: { peers: readonly PeerId[]; pools: readonly PoolId[] }): Promise<PaidSession[]> {
    const { db, store } = this.#options;
    const texts = (ids: readonly string[]) =>
      sql.join(
        ids.map((id) => sql`${id}`),
        sql`, `,
      );
    const served = peers.length > 0 ? sql`${paidSessions.peers} ?| array[${texts(peers)}]` : undefined;
    const owned = pools.map((pool) => eq(paidSessions.pool, pool));
    const wanted = or(...(served ? [served] : []), ...owned);
    if (!wanted) return [];
    const rows = await db
      .select()
      .from(paidSessions)
      .where(wanted)
      .orderBy(desc(paidSessions.createdAt))
      .limit(MOST_ROWS);
    return rows.map((row) => store.find(row.key as Hex) ?? sessionOfRow(row, []));
  }

  /** Answers that it has paid for, or still does. */
  async jobsOf({ key }: PaidSession): Promise<JobId[]> {
    const rows = await this.#options.db
      .select({ job: paidJobs.job })
      .from(paidJobs)
      .where(eq(paidJobs.session, key))
      .orderBy(desc(paidJobs.expiresAt))
      .limit(MOST_ROWS);
    return rows.map(({ job }) => job);
  }

  /** What receipts of these peers are worth to whoever lends them, the treasury's part taken off; and what of it has been paid. */
  earnedBy(session: PaidSession, peers: readonly PeerId[]): { worthWei: bigint; hadWei: bigint } {
    const { payoutOf, treasuryUnitsOf } = this.#options;
    const own = new Set(peers.filter((peer) => session.peers.has(peer)).map((peer) => payoutOf(peer)));
    const operators = BigInt(TOTAL_UNITS - treasuryUnitsOf(session.pool));
    const sum = (amounts: ReadonlyMap<Address, bigint>): bigint => {
      let all = 0n;
      for (const [address, amount] of amounts) if (own.has(address)) all += amount;
      return (all * operators) / BigInt(TOTAL_UNITS);
    };
    return { worthWei: sum(session.targets), hadWei: sum(session.had) };
  }
}
