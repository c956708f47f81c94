// All that the server keeps of one account, for the person to take along: answer of `/api/account/export`. No secret is in it.
import * as z from 'zod/mini';
import { jobIdSchema } from '../ids.ts';
import { accountSchema, keysSchema, loginsSchema } from './account.ts';
import { count, micros, moment, noted, shape, text } from './shape.ts';
import { statementLineSchema } from './usage.ts';

/** Newest first, of each list; what is older is left out. */
export const MAX_EXPORT_ROWS = 10_000;
const rows = <Row extends z.ZodMiniType>(row: Row) => z.array(row).check(z.maxLength(MAX_EXPORT_ROWS));

export const accountExportSchema = shape(
  'AccountExport',
  z.object({
    exportedAt: moment,
    account: accountSchema,
    keys: keysSchema.shape.keys,
    logins: loginsSchema.shape.logins,
    statement: rows(statementLineSchema),
    jobs: rows(
      z.object({
        id: jobIdSchema,
        pool: text,
        state: text,
        promptTokens: count,
        completionTokens: count,
        chargedMicros: micros,
        createdAt: moment,
      }),
    ),
    files: noted(rows(z.object({ id: text, filename: text, bytes: count, createdAt: moment })), {
      description: 'Of batches; what is in them is read at /v1/files/{id}/content.',
    }),
    pools: rows(text),
  }),
);
