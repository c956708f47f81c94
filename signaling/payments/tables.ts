// Paid sessions and the jobs that they pay for. Amounts are bigint as text: wei of 18 digits, but what says USDC. The chain is the
// truth: what is written of it here is what was read there last.
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { KeptQuote } from '../../protocol/quote.ts';

const at = (name: string) => timestamp(name, { withTimezone: true });

export const paidSessions = pgTable(
  'paid_sessions',
  {
    /** The quote's digest, as on the chain. */
    key: text('key').primaryKey(),
    chainId: integer('chain_id').notNull(),
    escrow: text('escrow').notNull(),
    /** One answer, or as many as the deposit carries. */
    kind: text('kind', { enum: ['answer', 'session'] }).notNull(),
    pool: text('pool').$type<PoolId>().notNull(),
    quote: jsonb('quote').$type<KeptQuote>().notNull(),
    payer: text('payer').notNull(),
    mode: text('mode', { enum: ['stream', 'ticks'] }).notNull(),
    reason: text('reason').notNull(),
    /** USDC, 6 digits, the fee included. */
    amount: text('amount').notNull(),
    spendWei: text('spend_wei').notNull(),
    promptPico: text('prompt_pico').notNull(),
    completionPico: text('completion_pico').notNull(),
    /** SHA-256 of the session key. */
    secretHash: text('secret_hash'),
    /** `paying` until the vault was seen to have the money; `over` when nothing of it is left to do. */
    state: text('state', { enum: ['paying', 'live', 'over'] }).notNull(),
    /** How it came to its end, for people. */
    outcome: text('outcome'),
    worthWei: text('worth_wei').notNull().default('0'),
    /** Per payout address: what its receipts are worth, and what of it it has had. */
    targets: jsonb('targets').$type<Record<string, string>>().notNull().default({}),
    had: jsonb('had').$type<Record<string, string>>().notNull().default({}),
    /** What had been paid when `had` was reckoned last. */
    hadOfWei: text('had_of_wei').notNull().default('0'),
    /** Transactions that paid past the pool and are in `had`. */
    splitTicks: integer('split_ticks').notNull().default(0),
    /** Whose accounts may read its log. */
    peers: jsonb('peers').$type<PeerId[]>().notNull().default([]),
    hadJobs: boolean('had_jobs').notNull().default(false),
    /** An answer of it was the network's to give, and did not come. */
    isFailed: boolean('is_failed').notNull().default(false),
    rests: integer('rests').notNull().default(0),
    endAskedAt: at('end_asked_at'),
    usedAt: at('used_at').notNull(),
    createdAt: at('created_at').notNull(),
    endedAt: at('ended_at'),
  },
  (table) => [index('paid_sessions_by_state').on(table.state), index('paid_sessions_by_secret').on(table.secretHash)],
);

export const paidJobs = pgTable(
  'paid_jobs',
  {
    job: text('job').$type<JobId>().primaryKey(),
    session: text('session').notNull(),
    amountWei: text('amount_wei').notNull(),
    chargedPico: text('charged_pico'),
    state: text('state', { enum: ['open', 'settled', 'released'] }).notNull(),
    hasBegun: boolean('has_begun').notNull().default(false),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [index('paid_jobs_by_session').on(table.session, table.state)],
);

/** Whoever has had a seat of a market pool: whose units are read. */
export const marketSeats = pgTable(
  'market_seats',
  { contract: text('contract').notNull(), member: text('member').notNull() },
  (table) => [primaryKey({ columns: [table.contract, table.member] })],
);
