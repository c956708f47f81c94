// What the ledger keeps. Events and entries are only ever added; balances are their running sums, and holds say what a job
// has reserved. Written by this folder alone.
import { sql } from 'drizzle-orm';
import { bigint, check, date, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { JobId } from '../../protocol/ids.ts';
import type { LedgerOwner } from './net-entries.ts';

const at = (name: string) => timestamp(name, { withTimezone: true });
const micros = (name: string) => bigint(name, { mode: 'number' });
const bucket = () => text('bucket', { enum: ['available', 'held'] }).notNull();
const ownerNamed = (name: string) => text(name).$type<LedgerOwner>();

export const ledgerEvents = pgTable('ledger_events', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  /** What may happen once: `settle:<job>`, `hold:<job>`, `grant:<owner>` … A second event of the key cannot be written. */
  key: text('key').notNull().unique(),
  kind: text('kind', { enum: ['grant', 'hold', 'settle', 'release', 'claim'] }).notNull(),
  job: text('job').$type<JobId>(),
  at: at('at').notNull(),
});

export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    event: bigint('event', { mode: 'number' })
      .notNull()
      .references(() => ledgerEvents.id),
    owner: ownerNamed('owner').notNull(),
    bucket: bucket(),
    /** Those of one event sum to zero. */
    amount: micros('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.event, table.owner, table.bucket] }),
    index('ledger_entries_by_owner').on(table.owner, table.event),
  ],
);

export const balances = pgTable(
  'balances',
  { owner: ownerNamed('owner').notNull(), bucket: bucket(), amount: micros('amount').notNull() },
  (table) => [
    primaryKey({ columns: [table.owner, table.bucket] }),
    // The last line of defence: whatever the code believes, nobody spends what he does not have.
    check('balances_not_negative', sql`${table.amount} >= 0 or ${table.owner} = 'issuer'`),
  ],
);

export const holds = pgTable(
  'holds',
  {
    job: text('job').$type<JobId>().primaryKey(),
    payer: ownerNamed('payer').notNull(),
    amount: micros('amount').notNull(),
    state: text('state', { enum: ['open', 'settled', 'released'] }).notNull(),
    charged: micros('charged').notNull().default(0),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [
    index('holds_open').on(table.expiresAt).where(sql`${table.state} = 'open'`),
    check('holds_charged', sql`${table.charged} >= 0 and ${table.charged} <= ${table.amount}`),
  ],
);

/** Who had welcome credits. Not from where. */
export const welcomes = pgTable('join_grants', {
  owner: ownerNamed('owner').primaryKey(),
  at: at('at').notNull(),
});

/** How many welcomes an address had on a day. Rows of earlier days are deleted with the next one. */
export const welcomeCounts = pgTable('join_grant_counts', {
  /** SHA-256 of day and address, hex: see hash-address.ts. */
  addressDay: text('address_day').primaryKey(),
  day: date('day').notNull(),
  grants: integer('grants').notNull(),
});
