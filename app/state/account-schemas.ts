// What the account routes answer, parsed before use. Dates arrive as ISO texts, money as whole micros.
import * as z from 'zod/mini';
import { jobIdSchema, peerIdSchema } from '../../protocol/ids.ts';
import { jobStatsSchema } from '../../protocol/job.ts';
import { routePlanSchema } from '../../protocol/route-plan.ts';

const short = z.string().check(z.maxLength(500));
const micros = z.number().check(z.int());
const moment = z.pipe(
  z.string().check(z.maxLength(40)),
  z.transform((text: string) => new Date(text)),
);
/** Most rows that a page takes of one answer. */
const MAX_ROWS = 1000;

/** Amounts come twice, as a decimal text too; pages write their own. */
const amount = z.object({ micros });

export const accountSchema = z.object({
  id: short,
  name: short,
  balance: z.object({ available: amount, held: amount }),
  peers: z.array(peerIdSchema).check(z.maxLength(MAX_ROWS)),
});
export type AccountInfo = z.infer<typeof accountSchema>;

/** Logging in answers with whatever the server likes to say: the account is read afterwards. */
export const anySchema = z.unknown();

const lineSchema = z.object({
  eventId: short,
  at: moment,
  kind: z.enum(['grant', 'hold', 'settle', 'release', 'claim']),
  micros,
  bucket: z.enum(['available', 'held']),
  job: z.nullish(short),
});
export type StatementLine = z.infer<typeof lineSchema>;
export const statementSchema = z.object({
  lines: z.array(lineSchema).check(z.maxLength(MAX_ROWS)),
  /** For the page after this one; null at the end. */
  next: z.nullable(short),
});
export type StatementPage = z.infer<typeof statementSchema>;

const keySchema = z.object({
  id: short,
  label: short,
  prefix: short,
  createdAt: z.optional(moment),
  lastUsedAt: z.optional(z.nullable(moment)),
});
export type ApiKey = z.infer<typeof keySchema>;
export const keysSchema = z.object({ keys: z.array(keySchema).check(z.maxLength(MAX_ROWS)) });
export const newKeySchema = z.object({ id: short, label: short, prefix: short, key: short });
export type NewKey = z.infer<typeof newKeySchema>;

const modeOf = routePlanSchema.shape.mode;

const jobSchema = z.object({
  id: jobIdSchema,
  pool: short,
  state: z.enum(['waiting', 'running', 'settling', 'done', 'failed']),
  mode: z.nullish(modeOf),
  predicted: z.nullish(routePlanSchema.shape.predicted),
  outcome: z.nullish(z.pick(jobStatsSchema, { tokensPerSecond: true, timeToFirstTokenMs: true })),
  usage: z.object({ promptTokens: micros, cachedTokens: micros, completionTokens: micros }),
  chargedMicros: micros,
  createdAt: moment,
});
export type AccountJob = z.infer<typeof jobSchema>;
export const jobsSchema = z.object({ jobs: z.array(jobSchema).check(z.maxLength(MAX_ROWS)) });

/** The own balance of a peer that no account has claimed. */
export const peerBalanceSchema = z.object({ availableMicros: micros, heldMicros: micros });
export type PeerBalance = z.infer<typeof peerBalanceSchema>;
