// Bodies and answers of `/api/pools`: pools as people make and change them, and as everybody reads them.
import * as z from 'zod/mini';
import { poolSummarySchema } from '../control.ts';
import { MAX_TOKEN_MICROS } from '../credits.ts';
import { dtypeSchema, MAX_POOL_ID_CHARS, peerIdSchema, repoSchema, revisionSchema, slugSchema } from '../ids.ts';
import { MAX_STAGES } from '../limits.ts';
import { manifestSchema } from '../manifest.ts';
import { count, MAX_ROWS, matching, moment, noted, shape, text } from './shape.ts';

const tokenMicros = z.number().check(z.int(), z.gte(0), z.lte(MAX_TOKEN_MICROS));
export const priceSchema = shape(
  'PoolPrice',
  z.strictObject({ promptMicros: tokenMicros, completionMicros: tokenMicros }),
  'Per token, in millionths of a credit.',
);

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
  }),
);
export type PoolPatch = z.infer<typeof poolPatchSchema>;

/** A peer that a pool is to list. */
export const poolPeerSchema = shape(
  'PoolPeer',
  z.strictObject({ peer: matching(peerIdSchema, 'must be a peer id of 32 hex characters') }),
);
export type PoolPeer = z.infer<typeof poolPeerSchema>;

const poolId = noted(z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)), {
  description: '`repo@revision:dtype` or `repo@revision:dtype/slug`, percent-encoded.',
});
export const poolPathSchema = z.object({ id: poolId });
export const poolPeerPathSchema = z.object({ id: poolId, peer: z.string().check(z.maxLength(64)) });

/** What a pool's model is like, from its graph. */
const modelFactsSchema = z.object({
  layers: count,
  hiddenSize: count,
  layerBytes: manifestSchema.shape.layerBytes,
  embeddingBytes: count,
  headBytes: count,
  /** Bytes of a tied embedding, which are in both of the two before. */
  tiedBytes: count,
  /** KV cache of all layers together. */
  kvBytesPerToken: count,
  contextTokens: count,
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;

/** A summary that the control socket knows, and what only HTTP tells. */
export const poolSchema = shape(
  'Pool',
  z.extend(poolSummarySchema, {
    policy: z.enum(['commons']),
    /** False for a pool that some tab opened by offering a model: nobody owns it. */
    isKept: z.boolean(),
    /** Tabs to split over; null takes as few as hold the model. */
    stages: z.nullable(count),
    recruit: z.boolean(),
    loaded: z.boolean(),
    listedPeers: count,
    /** Null takes the computed price. */
    price: z.nullable(priceSchema),
    /** Account that made it; null is the server itself, or nobody. */
    createdBy: z.nullable(text),
    /** Null until the graph was read. */
    details: z.nullable(modelFactsSchema),
    createdAt: z.nullable(moment),
    updatedAt: z.nullable(moment),
  }),
);
export type PoolInfo = z.infer<typeof poolSchema>;

export const poolsSchema = shape('Pools', z.object({ pools: z.array(poolSchema).check(z.maxLength(MAX_ROWS)) }));
