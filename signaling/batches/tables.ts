// What is kept for batches: uploaded and written files, the batches themselves, the durable queue of their requests, and
// the queue of webhooks. Texts of prompts and answers are here and in no other table; they go when their file goes.
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true });

export const files = pgTable(
  'files',
  {
    id: text('id').primaryKey(),
    /** Ledger owner: `account:…`. */
    owner: text('owner').notNull(),
    filename: text('filename').notNull(),
    purpose: text('purpose', { enum: ['batch', 'batch_output'] }).notNull(),
    /** UTF-8 bytes of `content`. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** JSON lines. */
    content: text('content').notNull(),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [index('files_by_owner').on(table.owner, table.createdAt), index('files_by_expiry').on(table.expiresAt)],
);

export const BATCH_STATES = ['failed', 'in_progress', 'completed', 'expired', 'cancelling', 'cancelled'] as const;

export const batches = pgTable(
  'batches',
  {
    id: text('id').primaryKey(),
    owner: text('owner').notNull(),
    endpoint: text('endpoint', { enum: ['/v1/chat/completions', '/v1/completions'] }).notNull(),
    inputFileId: text('input_file_id').notNull(),
    /** Id of the API key that made it: the batch is cancelled when that is revoked. */
    key: text('api_key'),
    outputFileId: text('output_file_id'),
    errorFileId: text('error_file_id'),
    status: text('status', { enum: BATCH_STATES }).notNull(),
    /** The model of the first request, as it was named there. */
    model: text('model'),
    metadata: jsonb('metadata').$type<Record<string, string>>(),
    webhook: text('webhook'),
    /** What was wrong with the input file. */
    errors: jsonb('errors').$type<{ code: string; message: string; line: number | null; param: string | null }[]>(),
    total: integer('total').notNull().default(0),
    completed: integer('completed').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    promptTokens: bigint('prompt_tokens', { mode: 'number' }).notNull().default(0),
    cachedTokens: bigint('cached_tokens', { mode: 'number' }).notNull().default(0),
    completionTokens: bigint('completion_tokens', { mode: 'number' }).notNull().default(0),
    /** UTF-8 bytes of all results so far: what the files at the end will have. */
    resultBytes: bigint('result_bytes', { mode: 'number' }).notNull().default(0),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    cancellingAt: at('cancelling_at'),
    /** When it came to the end that `status` names. */
    endedAt: at('ended_at'),
  },
  (table) => [index('batches_by_owner').on(table.owner, table.createdAt), index('batches_by_status').on(table.status)],
);

export const batchItems = pgTable(
  'batch_items',
  {
    batchId: text('batch_id').notNull(),
    /** Line of the input file, from 1. */
    line: integer('line').notNull(),
    customId: text('custom_id').notNull(),
    /** The request's body: JSON text, since `jsonb` refuses U+0000. */
    body: text('body').notNull(),
    state: text('state', { enum: ['waiting', 'running', 'done', 'failed', 'dropped'] }).notNull(),
    /** Times that it was lost while it ran. Waiting for capacity is no attempt. */
    attempts: integer('attempts').notNull().default(0),
    /** Times that it was put back for whatever reason: sets the pause. */
    waits: integer('waits').notNull().default(0),
    notBefore: at('not_before').notNull(),
    /** Whoever holds the lease may write the result; nobody may after `lease_until`. */
    lease: text('lease'),
    leaseUntil: at('lease_until'),
    /** A line of the output file (`done`) or of the error file (`failed`). */
    result: text('result'),
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.line] }),
    index('batch_items_to_do').on(table.state, table.notBefore),
  ],
);

export const webhookSecrets = pgTable('webhook_secrets', {
  owner: text('owner').primaryKey(),
  /** `whsec_` and base64, under seal: every message is signed with it. */
  secret: text('secret').notNull(),
  createdAt: at('created_at').notNull(),
});

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    /** Also the `webhook-id` that the receiver sees, the same at every try. */
    id: text('id').primaryKey(),
    batchId: text('batch_id').notNull(),
    owner: text('owner').notNull(),
    url: text('url').notNull(),
    body: text('body').notNull(),
    state: text('state', { enum: ['waiting', 'delivered', 'given-up'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    notBefore: at('not_before').notNull(),
    lease: text('lease'),
    leaseUntil: at('lease_until'),
    /** A short reason, never the receiver's words. */
    lastError: text('last_error'),
  },
  (table) => [
    uniqueIndex('webhook_deliveries_once').on(table.batchId),
    index('webhook_deliveries_to_do').on(table.state, table.notBefore),
  ],
);
