// Bodies of `/api/pools`: pools as people make and change them. A page takes their types alone.
import * as z from 'zod/mini';
import { embedOriginsSchema, sponsorSchema } from '../embed.ts';
import { dtypeSchema, peerIdSchema, repoSchema, revisionSchema, slugSchema } from '../ids.ts';
import { MAX_STAGES } from '../limits.ts';
import { manifestSchema } from '../manifest.ts';
import { priceSchema } from './pool.ts';
import { matching, noted, shape } from './shape.ts';

const stages = z.number().check(z.int(), z.gte(1), z.lte(MAX_STAGES));
const recruit = noted(z.boolean(), {
  description: 'Whether peers that are not listed may be planned. Default true.',
});
const { maxContext } = manifestSchema.shape;

export const newPoolSchema = shape(
  'NewPool',
  z.strictObject({
    repo: noted(matching(repoSchema, 'must be owner/name'), { example: 'onnx-community/Qwen3-0.6B-ONNX' }),
    revision: z.optional(matching(revisionSchema, 'must be a branch, tag or commit')),
    dtype: dtypeSchema,
    slug: z.optional(
      noted(matching(slugSchema, 'must be small letters, digits and hyphens'), {
        description: 'Names a further pool of the model, which lives beside its first one.',
      }),
    ),
    stages: z.optional(stages),
    recruit: z.optional(recruit),
    loaded: z.optional(noted(z.boolean(), { description: 'Whether a coalition is formed. Default true.' })),
    maxContext: z.optional(maxContext),
    price: z.optional(priceSchema),
  }),
);
export type NewPool = z.infer<typeof newPoolSchema>;

/** Null takes a value away; what is missing stays as it is. */
export const poolPatchSchema = shape(
  'PoolPatch',
  z.strictObject({
    stages: z.optional(z.nullable(stages)),
    recruit: z.optional(recruit),
    maxContext: z.optional(maxContext),
    price: z.optional(z.nullable(priceSchema)),
    embedOrigins: z.optional(embedOriginsSchema),
    sponsor: z.optional(z.nullable(sponsorSchema)),
  }),
);
export type PoolPatch = z.infer<typeof poolPatchSchema>;

/** A peer that a pool is to list. */
export const poolPeerSchema = shape(
  'PoolPeer',
  z.strictObject({ peer: matching(peerIdSchema, 'must be a peer id of 32 hex characters') }),
);
export type PoolPeer = z.infer<typeof poolPeerSchema>;
