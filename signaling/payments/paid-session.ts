// A paid session as the server knows it: plain data, and how it is written down.
import { type Address, getAddress, type Hex } from 'viem';
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import { keptQuote, type Quote, quoteOfKept } from '../../protocol/quote.ts';
import { weiOfUsdc } from './amounts.ts';
import type { PayMode } from './plan-offer.ts';
import type { paidSessions } from './tables.ts';

/** As `ISessionEscrow.Session`, read from the chain. */
export interface OnChain {
  state: 'none' | 'open' | 'stopped' | 'closed';
  rateWei: bigint;
  openedAt: number;
  since: number;
  paidUntil: number;
  closeAfter: number;
  /** Up to `since`. */
  paidWei: bigint;
}

export interface PaidJob {
  job: JobId;
  amountWei: bigint;
  hasBegun: boolean;
}

export interface PaidSession {
  key: Hex;
  kind: 'answer' | 'session';
  pool: PoolId;
  quote: Quote;
  payer: Address;
  mode: PayMode;
  reason: string;
  /** USDC, 6 digits. */
  amount: bigint;
  spendWei: bigint;
  price: Price;
  secretHash: string | undefined;
  state: 'paying' | 'live' | 'over';
  outcome: string | undefined;
  /** What receipts of all its answers are worth so far. */
  worthWei: bigint;
  targets: Map<Address, bigint>;
  had: Map<Address, bigint>;
  hadOfWei: bigint;
  /** Transactions of its own that paid past the pool and are in `had`. */
  splitTicks: number;
  peers: Set<PeerId>;
  hadJobs: boolean;
  /** The network let it down: what nothing was earned with goes back with its fee. */
  isFailed: boolean;
  /** How often its stream was stopped and might begin again: each costs gas. */
  rests: number;
  /** Seconds since 1970, as everything here. */
  endAskedAt: number | undefined;
  usedAt: number;
  createdAt: number;
  endedAt: number | undefined;
  /** Those that are neither settled nor released. */
  jobs: Map<JobId, PaidJob>;
  chain: OnChain;
}

export const NOT_OPENED: OnChain = {
  ...{ state: 'none', rateWei: 0n, openedAt: 0, since: 0, paidUntil: 0, closeAfter: 0, paidWei: 0n },
};

export const STATES = ['none', 'open', 'stopped', 'closed'] as const;

/** What new jobs of it may cost together. */
export function leftOf({ spendWei, worthWei, jobs }: PaidSession): bigint {
  const held = [...jobs.values()].reduce((sum, { amountWei }) => sum + amountWei, 0n);
  const left = spendWei - worthWei - held;
  return left > 0n ? left : 0n;
}

/** As much of the worth as the escrow takes by now: receipts are worth at most `maxRate` a second, and what was paid in. */
export function worthNow({ quote, chain, worthWei, amount }: PaidSession, now = Math.floor(Date.now() / 1000)): bigint {
  const paidIn = weiOfUsdc(amount - quote.fee);
  const bounds = [paidIn, quote.maxRate * BigInt(secondsOpen(quote, chain, now))];
  return bounds.reduce((least, bound) => (bound < least ? bound : least), worthWei);
}

function secondsOpen({ maxSeconds }: Quote, { state, closeAfter, openedAt }: OnChain, now: number): number {
  if (state === 'none') return maxSeconds;
  // A block may be a second behind our clock.
  return Math.max(0, (state === 'stopped' ? Math.min(closeAfter, now - 1) : now - 1) - openedAt);
}

type Row = typeof paidSessions.$inferSelect;

export function columnsOf(session: PaidSession) {
  const { quote, jobs: _, chain: __, targets, had, peers, price, ...plain } = session;
  const { amount, spendWei, worthWei, hadOfWei, secretHash, outcome } = plain;
  return {
    ...{ key: plain.key, kind: plain.kind, pool: plain.pool, payer: plain.payer, mode: plain.mode },
    ...{ reason: plain.reason, state: plain.state, hadJobs: plain.hadJobs, isFailed: plain.isFailed },
    ...{ rests: plain.rests, splitTicks: plain.splitTicks },
    ...{ quote: keptQuote(quote), amount: String(amount), spendWei: String(spendWei), worthWei: String(worthWei) },
    ...{ promptPico: String(price.promptMicros), completionPico: String(price.completionMicros) },
    ...{ secretHash: secretHash ?? null, outcome: outcome ?? null, hadOfWei: String(hadOfWei) },
    ...{ targets: textOf(targets), had: textOf(had), peers: [...peers] },
    ...{ usedAt: dateOf(plain.usedAt), createdAt: dateOf(plain.createdAt) },
    endAskedAt: plain.endAskedAt === undefined ? null : dateOf(plain.endAskedAt),
    endedAt: plain.endedAt === undefined ? null : dateOf(plain.endedAt),
  };
}

export function sessionOfRow(row: Row, jobs: Iterable<PaidJob>): PaidSession {
  const { promptPico, completionPico } = row;
  return {
    ...{ key: row.key as Hex, kind: row.kind, pool: row.pool, mode: row.mode, reason: row.reason, state: row.state },
    ...{ quote: quoteOfKept(row.quote), payer: getAddress(row.payer), amount: BigInt(row.amount) },
    ...{ spendWei: BigInt(row.spendWei), worthWei: BigInt(row.worthWei), hadOfWei: BigInt(row.hadOfWei) },
    price: { promptMicros: Number(promptPico), completionMicros: Number(completionPico) },
    ...{ secretHash: row.secretHash ?? undefined, outcome: row.outcome ?? undefined, hadJobs: row.hadJobs },
    ...{ isFailed: row.isFailed, rests: row.rests, splitTicks: row.splitTicks },
    ...{ targets: amountsOf(row.targets), had: amountsOf(row.had), peers: new Set(row.peers) },
    ...{ endAskedAt: secondsOf(row.endAskedAt), usedAt: secondsOf(row.usedAt)!, createdAt: secondsOf(row.createdAt)! },
    endedAt: secondsOf(row.endedAt),
    jobs: new Map([...jobs].map((job) => [job.job, job])),
    chain: NOT_OPENED,
  };
}

const textOf = (amounts: ReadonlyMap<Address, bigint>): Record<string, string> =>
  Object.fromEntries([...amounts].map(([address, amount]) => [address, String(amount)]));

const amountsOf = (kept: Record<string, string>): Map<Address, bigint> =>
  new Map(Object.entries(kept).map(([address, amount]) => [getAddress(address), BigInt(amount)]));

const dateOf = (seconds: number): Date => new Date(seconds * 1000);

const secondsOf = (date: Date | null): number | undefined =>
  date === null ? undefined : Math.floor(date.getTime() / 1000);
