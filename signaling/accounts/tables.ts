// What is kept of accounts. Passwords, login tokens and API keys are here as hashes only; the server's own key is sealed
// with a key that is not in here.

import type { JsonWebKey } from 'node:crypto';
import { index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { PeerId } from '../../protocol/ids.ts';
import type { AccountId } from '../ledger/owner.ts';

const at = (name: string) => timestamp(name, { withTimezone: true });

export const accounts = pgTable('accounts', {
  id: text('id').$type<AccountId>().primaryKey(),
  /** Lowercase. */
  name: text('name').notNull().unique(),
  /** What `hashPassword` wrote: parameters, salt and hash. */
  passwordHash: text('password_hash').notNull(),
  createdAt: at('created_at').notNull(),
  /** Null: it is not banned. */
  bannedAt: at('banned_at'),
  /** What whoever is banned is told. */
  banReason: text('ban_reason'),
});

/** Peers that the server's owner lets in no more. */
export const bannedPeers = pgTable('banned_peers', {
  peer: text('peer').$type<PeerId>().primaryKey(),
  reason: text('reason').notNull(),
  bannedAt: at('banned_at').notNull(),
});

/** The account that a row is of; the row goes with it. */
const owner = () =>
  text('account_id')
    .$type<AccountId>()
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' });

export const accountSessions = pgTable(
  'account_sessions',
  {
    /** SHA-256 of the token in the cookie, hex. */
    tokenHash: text('token_hash').primaryKey(),
    /** What the account's own list calls it: says nothing of the token. */
    id: text('id').notNull().unique(),
    account: owner(),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    /** When its browser last showed the password. */
    provedAt: at('proved_at').notNull(),
    /** To the minute. */
    lastSeenAt: at('last_seen_at').notNull(),
    /** A few words of ours, e.g. "Firefox on Linux"; nothing else of what the browser says of itself is kept. */
    device: text('device').notNull(),
  },
  (table) => [index('account_sessions_account').on(table.account)],
);

/** One link for a new password per account: a later one takes the place of the one before. */
export const passwordResets = pgTable('password_resets', {
  account: owner().primaryKey(),
  /** SHA-256 of what is in the link, hex. */
  tokenHash: text('token_hash').notNull().unique(),
  expiresAt: at('expires_at').notNull(),
});

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    account: owner(),
    label: text('label').notNull(),
    /** The first characters of the key: enough to tell two apart, far too few to guess the rest. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the key, hex. */
    keyHash: text('key_hash').notNull().unique(),
    /** The login that made it, which may have ended since; null for one of a time when that was not noted. */
    login: text('login'),
    createdAt: at('created_at').notNull(),
    lastUsedAt: at('last_used_at'),
  },
  (table) => [index('api_keys_account').on(table.account)],
);

/** A peer earns for one account at most: its id is the key. */
export const accountPeers = pgTable(
  'account_peers',
  {
    peer: text('peer').$type<PeerId>().primaryKey(),
    account: owner(),
    claimedAt: at('claimed_at').notNull(),
  },
  (table) => [index('account_peers_account').on(table.account)],
);

/** A private key (RFC 7517): under seal, or in plain as servers before kept it. */
export type KeptKey = JsonWebKey & { sealed?: string };

export const serverKeys = pgTable('server_keys', {
  /** What it signs: `orchestrator` is the only one. */
  purpose: text('purpose').primaryKey(),
  jwk: jsonb('jwk').$type<KeptKey>().notNull(),
  createdAt: at('created_at').notNull(),
});
