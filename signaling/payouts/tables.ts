// Where peers of market pools want to be paid: what each signed last. Written by this folder alone.
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { PeerId } from '../../protocol/ids.ts';
import type { Address } from '../../protocol/payout.ts';

/** With this server's id a row is the whole statement: anybody can check it later. */
export const payouts = pgTable('payouts', {
  peer: text('peer').$type<PeerId>().primaryKey(),
  address: text('address').$type<Address>().notNull(),
  publicKey: text('public_key').notNull(),
  signature: text('signature').notNull(),
  /** As it was signed, to the millisecond. */
  at: timestamp('at', { withTimezone: true, precision: 3 }).notNull(),
});
