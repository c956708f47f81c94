// Fields of the addresses under `/api`: what stands in a path or behind its question mark. The server reads with them; a page
// writes its addresses itself.
import * as z from 'zod/mini';
import { MAX_POOL_ID_CHARS, peerIdSchema } from '../ids.ts';
import { matching, noted } from './shape.ts';

export const keyPathSchema = z.object({ id: z.string().check(z.maxLength(100)) });

export const loginPathSchema = z.object({ id: z.string().check(z.maxLength(100)) });

export const endingQuerySchema = z.object({
  keysToo: noted(z._default(z.enum(['true', 'false']), 'false'), {
    description:
      'Whether API keys are revoked with it: of one login those that it made, of all every key of the account.',
  }),
});

export const peerPathSchema = z.object({ id: matching(peerIdSchema, 'Not a peer’s id') });

/** Any text: what is no peer's id names no peer, which is 404 and not 400. */
export const balancePathSchema = z.object({ peer: z.string() });

export const statementQuerySchema = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(200)), 50),
  /** The `next` of the page before. */
  before: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
});

const poolId = noted(z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)), {
  description: '`repo@revision:dtype` or `repo@revision:dtype/slug`, percent-encoded.',
});
export const poolPathSchema = z.object({ id: poolId });
export const poolPeerPathSchema = z.object({ id: poolId, peer: z.string().check(z.maxLength(64)) });
