// What is kept of a chain: transactions, each signed and written down before it is sent, and how far events were read.
import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export interface SignedTransaction {
  hash: string;
  raw: string;
}

const at = (name: string) => timestamp(name, { withTimezone: true });

export const chainTransactions = pgTable(
  'chain_transactions',
  {
    /** What it is for, once: the same again is the same transaction. */
    key: text('key').primaryKey(),
    chainId: integer('chain_id').notNull(),
    /** Groups the steps of one paid session, or of one market pool. */
    subject: text('subject').notNull(),
    /** For people: `fund`, `open`, … */
    step: text('step').notNull(),
    sender: text('sender').notNull(),
    nonce: bigint('nonce', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
    /** Signed, as it goes to the node: sent again it is the same transaction. */
    raw: text('raw').notNull(),
    /** When: one that waits for long is signed again, for more gas money. */
    signedAt: at('signed_at').notNull().defaultNow(),
    /** Signed before it under the same nonce, for less: the chain takes one of them all. */
    earlier: jsonb('earlier').$type<SignedTransaction[]>().notNull().default([]),
    state: text('state', { enum: ['signed', 'mined', 'reverted', 'replaced'] }).notNull(),
    block: bigint('block', { mode: 'number' }),
    /** When its block was made. */
    minedAt: at('mined_at'),
    gasUsed: text('gas_used'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [index('chain_transactions_by_subject').on(table.subject, table.createdAt)],
);

export const chainCursors = pgTable('chain_cursors', {
  chainId: integer('chain_id').primaryKey(),
  /** Events up to this block were told. */
  block: bigint('block', { mode: 'number' }).notNull(),
  /** Its hash: another one there now is a reorganisation. */
  blockHash: text('block_hash').notNull(),
});

/** Which chain it is, beyond its number: local ones have all the same. */
export const chainOrigins = pgTable('chain_origins', {
  chainId: integer('chain_id').primaryKey(),
  firstHash: text('first_hash').notNull(),
});
