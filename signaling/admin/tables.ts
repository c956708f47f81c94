// What is kept for the server's owner: the token's hash, logins with it, what was decided, codes, and what was done. Written by
// this folder alone.
import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true });

/** The one token that there is. */
export const adminTokens = pgTable('admin_tokens', {
  /** `owner` is the only one. */
  purpose: text('purpose').primaryKey(),
  /** SHA-256 of the token, hex. */
  tokenHash: text('token_hash').notNull(),
  createdAt: at('created_at').notNull(),
});

export const adminSessions = pgTable('admin_sessions', {
  /** SHA-256 of what is in the cookie, hex. */
  tokenHash: text('token_hash').primaryKey(),
  createdAt: at('created_at').notNull(),
  expiresAt: at('expires_at').notNull(),
});

/** What the owner has decided, by name; what has no row is as the command line says. */
export const serverSettings = pgTable('server_settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
});

export const invites = pgTable('invites', {
  id: text('id').primaryKey(),
  note: text('note').notNull(),
  /** SHA-256 of the code, hex. */
  codeHash: text('code_hash').notNull().unique(),
  /** Its first characters, to tell codes apart: 60 bits stay secret. */
  prefix: text('prefix').notNull(),
  uses: integer('uses').notNull(),
  used: integer('used').notNull(),
  createdAt: at('created_at').notNull(),
  expiresAt: at('expires_at').notNull(),
});

/** Only ever added to. */
export const adminActs = pgTable(
  'admin_acts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull(),
    act: text('act').notNull(),
    /** An id of what it was done to; never a name. */
    subject: text('subject'),
    detail: text('detail'),
  },
  (table) => [index('admin_acts_by_subject').on(table.subject)],
);
