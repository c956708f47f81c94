// What was signed for jobs, as it was signed. Written once, never changed.
import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';

export const receipts = pgTable(
  'receipts',
  {
    job: text('job').$type<JobId>().notNull(),
    session: text('session').$type<SessionId>().notNull(),
    epoch: integer('epoch').notNull(),
    peer: text('peer').$type<PeerId>().notNull(),
    /** `driver` in rows of the protocol's first versions alone. */
    role: text('role', { enum: ['stage', 'driver'] })
      .notNull()
      .default('stage'),
    /** JSON of the signed receipt. Text and not jsonb: that refuses a NUL, which a hostile peer could sign. */
    signed: text('signed').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.job, table.session, table.epoch, table.peer, table.role] })],
);

/** What clients of chats signed that they received. */
export const deliveryNotes = pgTable('delivery_notes', {
  job: text('job').$type<JobId>().primaryKey(),
  signed: text('signed').notNull(),
  at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
});
