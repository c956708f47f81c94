// Answers of `/api/pools`: pools as everybody reads them.
import * as z from 'zod/mini';
import { poolPolicySchema, poolSummarySchema } from '../control.ts';
import { MAX_TOKEN_MICROS } from '../credits.ts';
import { embedOriginsSchema, sponsorSchema } from '../embed.ts';
import { manifestSchema } from '../manifest.ts';
import { addressSchema } from '../payout.ts';
import { count, MAX_ROWS, moment, shape, text } from './shape.ts';

/** Units of a market's pool: who has so many of them gets so much of what is paid. */
export const TOTAL_UNITS = 10_000;

const tokenMicros = z.number().check(z.int(), z.gte(0), z.lte(MAX_TOKEN_MICROS));
export const priceSchema = shape(
  'PoolPrice',
  z.strictObject({ promptMicros: tokenMicros, completionMicros: tokenMicros }),
  'Per token, in millionths of a credit; in a market pool in millionths of a millionth of a dollar (1e-12 USDC).',
);

export const marketSchema = shape(
  'PoolMarket',
  z.object({
    /** As EIP-155 has it. */
    chainId: z.number().check(z.int(), z.gte(1)),
    /** The pool's own `MarketPool`. */
    contract: addressSchema,
    /** The treasury's part of `TOTAL_UNITS`. */
    treasuryUnits: z.number().check(z.int(), z.gte(0), z.lt(TOTAL_UNITS)),
  }),
  'The contract that pays who serves, and the treasury’s part of 10,000.',
);
export type PoolMarket = z.infer<typeof marketSchema>;

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
    policy: poolPolicySchema,
    /** Null in the commons. */
    market: z.nullable(marketSchema),
    /** False for a pool that some tab opened by offering a model: nobody owns it. */
    isKept: z.boolean(),
    /** Tabs to split over; null takes as few as hold the model. */
    stages: z.nullable(count),
    recruit: z.boolean(),
    loaded: z.boolean(),
    listedPeers: count,
    /** Pages of other sites that may show its chat in a frame. */
    embedOrigins: embedOriginsSchema,
    /** What its owner pays for visitors of those pages; null: nothing. */
    sponsor: z.nullable(sponsorSchema),
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
