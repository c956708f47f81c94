// What is kept of every job: who paid, how it was routed, what was predicted and how it went. Never a prompt or an answer.
import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { GoingTerms } from './going-job.ts';
import type { ShownTerms } from './shown-job.ts';

export const jobs = pgTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    pool: text('pool').notNull(),
    /** Ledger owner: `account:…` or `peer:…`. */
    payer: text('payer').notNull(),
    source: text('source', { enum: ['http', 'tab', 'batch'] }).notNull(),
    /** The nonce of its grant: receipts must repeat it. */
    nonce: text('nonce').notNull(),
    state: text('state', { enum: ['waiting', 'running', 'settling', 'done', 'failed'] }).notNull(),
    plan: jsonb('plan').$type<RoutePlan>(),
    /** What a server that starts anew needs to settle a chat that runs. */
    going: jsonb('going').$type<GoingTerms>(),
    /** What it needs to settle a paid answer over HTTP, which nobody goes on with. */
    shown: jsonb('shown').$type<ShownTerms>(),
    /** What it really took, beside what `plan` predicted. */
    outcome: jsonb('outcome').$type<JobStats>(),
    promptTokens: integer('prompt_tokens').notNull().default(0),
    cachedTokens: integer('cached_tokens').notNull().default(0),
    completionTokens: integer('completion_tokens').notNull().default(0),
    heldMicros: bigint('held_micros', { mode: 'number' }).notNull().default(0),
    chargedMicros: bigint('charged_micros', { mode: 'number' }).notNull().default(0),
    errorCode: text('error_code'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (table) => [index('jobs_by_time').on(table.createdAt, table.id)],
);
