// What the pool routes answer, parsed before use.
import * as z from 'zod/mini';
import { backendSchema } from '../../protocol/control.ts';
import { modelRefSchema, peerIdSchema, poolIdSchema } from '../../protocol/ids.ts';
import { jobStopSchema } from '../../protocol/job.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { modeSchema, predictionSchema, routePlanSchema } from '../../protocol/route-plan.ts';

const short = z.string().check(z.maxLength(500));
const count = z.number().check(z.int(), z.gte(0));
const millis = z.number().check(z.gte(0));
/** Most rows that a page takes of one answer. */
const MAX_ROWS = 1000;

const modelFactsSchema = z.object({
  layers: count,
  hiddenSize: count,
  layerBytes: z.array(count).check(z.maxLength(MAX_ROWS)),
  kvBytesPerToken: count,
  contextTokens: count,
  embeddingBytes: z.optional(count),
  headBytes: z.optional(count),
  tiedBytes: z.optional(count),
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;

const poolShape = {
  pool: poolIdSchema,
  model: modelRefSchema,
  state: z.enum(['empty', 'waiting', 'forming', 'ready']),
  reason: short,
  /** Tabs in the pool, with or without a seat. */
  peers: count,
  /** False for a pool that some tab opened by offering a model: nobody owns it. */
  isKept: z.boolean(),
  /** Tabs to split over; null takes as few as hold the model. */
  stages: z.nullable(count),
  recruit: z.boolean(),
  loaded: z.boolean(),
  listedPeers: count,
  details: z.nullish(modelFactsSchema),
  /** Account that made it; null is the server itself. Missing where the server does not tell. */
  createdBy: z.nullish(short),
};

export const poolSchema = z.object(poolShape);
export type PoolInfo = z.infer<typeof poolSchema>;
export const poolsSchema = z.object({ pools: z.array(poolSchema).check(z.maxLength(MAX_ROWS)) });

const memberSchema = z.object({
  peer: peerIdSchema,
  /** False for one that is listed but has no tab open. */
  isHere: z.boolean(),
  isListed: z.boolean(),
  backend: z.optional(backendSchema),
  device: z.optional(short),
  msPerLayer: z.optional(millis),
  memoryBytes: z.optional(count),
  /** Why it is planned no more. */
  excluded: z.optional(short),
});
export type PoolMember = z.infer<typeof memberSchema>;

const seatSchema = z.object({
  peer: peerIdSchema,
  start: count,
  end: count,
  backend: backendSchema,
  totalBytes: count,
  loadedBytes: count,
  ready: z.boolean(),
});
export type PoolSeat = z.infer<typeof seatSchema>;

const coalitionSchema = z.object({
  epoch: count,
  state: z.enum(['forming', 'ready', 'broken']),
  seats: z.array(seatSchema).check(z.maxLength(MAX_STAGES)),
});

/** What the picture needs. Answers kept by an older server have their time in the model in `computeMs` alone. */
const recentStopSchema = z.extend(
  z.pick(jobStopSchema, { stage: true, start: true, end: true, computeMs: true, hopMs: true }),
  {
    uploadMs: z._default(millis, 0),
    readbackMs: z._default(millis, 0),
  },
);

const recentSchema = z.object({
  endedAt: short,
  mode: modeSchema,
  predicted: predictionSchema,
  outcome: z.extend(predictionSchema, {
    lapMs: millis,
    epoch: z.optional(count),
    route: z.optional(z.array(recentStopSchema).check(z.maxLength(MAX_STAGES))),
    returnHopMs: z.optional(millis),
  }),
  /** The whole plan, where the server tells it. */
  plan: z.optional(routePlanSchema),
});
export type RecentAnswer = z.infer<typeof recentSchema>;

/** Of `GET /api/pools/{id}/state`: the pool and this moment of it. */
export const poolStateSchema = z.object({
  ...poolShape,
  members: z.array(memberSchema).check(z.maxLength(MAX_ROWS)),
  serving: z.nullable(coalitionSchema),
  forming: z.nullable(coalitionSchema),
  waiting: count,
  running: count,
  /** Newest first. */
  recent: z.array(recentSchema).check(z.maxLength(MAX_ROWS)),
});
export type PoolLive = z.infer<typeof poolStateSchema>;
