// What an account has used and what moved, and what a peer that nobody has claimed has earned: answers of reads.
import * as z from 'zod/mini';
import { jobIdSchema } from '../ids.ts';
import { jobStatsSchema } from '../job.ts';
import { modeSchema, predictionSchema } from '../route-plan.ts';
import { amountFields } from './account.ts';
import { count, MAX_ROWS, micros, moment, noted, shape, text } from './shape.ts';

export const statementLineSchema = shape(
  'StatementLine',
  z.object({
    eventId: text,
    at: moment,
    kind: z.enum(['grant', 'hold', 'settle', 'release', 'claim']),
    bucket: z.enum(['available', 'held']),
    ...amountFields,
    job: z.nullable(text),
  }),
);
export type StatementLine = z.infer<typeof statementLineSchema>;

/** Newest first. */
export const statementSchema = shape(
  'Statement',
  z.object({
    lines: z.array(statementLineSchema).check(z.maxLength(MAX_ROWS)),
    next: noted(z.nullable(z.string().check(z.maxLength(100))), {
      description: 'For `before`, to read on; null at the end.',
    }),
  }),
);
export type StatementPage = z.infer<typeof statementSchema>;

const jobSchema = z.object({
  id: jobIdSchema,
  pool: text,
  state: z.enum(['waiting', 'running', 'settling', 'done', 'failed']),
  /** Null, as are the next two, until it is known. */
  mode: z.nullable(modeSchema),
  predicted: z.nullable(predictionSchema),
  outcome: z.nullable(z.pick(jobStatsSchema, { tokensPerSecond: true, timeToFirstTokenMs: true })),
  usage: z.object({ promptTokens: count, cachedTokens: count, completionTokens: count }),
  chargedMicros: micros,
  createdAt: moment,
});
export type AccountJob = z.infer<typeof jobSchema>;

/** Newest first. */
export const jobsSchema = shape('AccountJobs', z.object({ jobs: z.array(jobSchema).check(z.maxLength(MAX_ROWS)) }));

export const peerBalanceSchema = shape('PeerBalance', z.object({ availableMicros: micros, heldMicros: micros }));
export type PeerBalance = z.infer<typeof peerBalanceSchema>;
