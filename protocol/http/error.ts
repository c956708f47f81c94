// The answer of `/api` to what cannot be done. `code` is one of `protocol/errors.ts`; a page of another version may not know it.
import * as z from 'zod/mini';
import { shape, text } from './shape.ts';

export const errorBodySchema = shape(
  'PoolError',
  z.object({
    error: z.object({
      code: z.string(),
      message: text,
      next: text,
      data: z.optional(z.record(z.string(), z.unknown())),
    }),
  }),
);
