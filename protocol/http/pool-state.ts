// The answer of `GET /api/pools/{id}/state`: a pool and this moment of it.
import * as z from 'zod/mini';
import { capabilitySchema, coalitionSchema, seatSchema } from '../control.ts';
import { peerIdSchema } from '../ids.ts';
import { jobStatsSchema, jobStopSchema } from '../job.ts';
import { MAX_STAGES } from '../limits.ts';
import { exclusionSchema } from '../pool-reason.ts';
import { predictionSchema, routePlanSchema } from '../route-plan.ts';
import { poolSchema } from './pool.ts';
import { count, MAX_ROWS, moment, shape } from './shape.ts';

/** A tab of the pool with what it measured of itself; of a listed one that is away only its id is known. */
const memberSchema = z.extend(z.partial(capabilitySchema), {
  peer: peerIdSchema,
  /** False for one that is listed but has no tab open. */
  isHere: z.boolean(),
  isListed: z.boolean(),
  /** Why it is planned no more. */
  excluded: z.optional(exclusionSchema),
  /** Layers `[start, end)` of its seat in a coalition that serves. */
  layers: z.optional(z.object({ start: count, end: count })),
  /** Layers `[start, end)` that one without a seat holds to take over, or loads for it. */
  reserve: z.optional(
    z.array(z.object({ start: count, end: count, isReady: z.boolean() })).check(z.maxLength(MAX_STAGES)),
  ),
});
export type PoolMember = z.infer<typeof memberSchema>;

const poolSeatSchema = z.extend(z.omit(seatSchema, { device: true }), {
  /** A tab in reserve that would take it: holds these layers, or loads them. Absent: nobody does. */
  standby: z.optional(z.enum(['warm', 'loading'])),
  /** Milliseconds that answers would stand still if its tab went, as predicted. Absent: nobody has loaded the model yet. */
  lossMs: z.optional(count),
});
export type PoolSeat = z.infer<typeof poolSeatSchema>;

const poolCoalitionSchema = z.extend(z.pick(coalitionSchema, { epoch: true, state: true }), {
  seats: z.array(poolSeatSchema).check(z.maxLength(MAX_STAGES)),
});

/**
 * Outcomes are told as they were kept. An older server kept less: of a stop, its time in the model in `computeMs` alone; of
 * a lap, no route.
 */
const keptStopSchema = z.extend(z.partial(jobStopSchema, { batch: true, queueMs: true }), {
  uploadMs: z._default(jobStopSchema.shape.uploadMs, 0),
  readbackMs: z._default(jobStopSchema.shape.readbackMs, 0),
});
const keptStatsSchema = z.extend(z.partial(jobStatsSchema), {
  ...predictionSchema.shape,
  lapMs: jobStatsSchema.shape.lapMs,
  route: z.optional(z.array(keptStopSchema).check(z.maxLength(MAX_STAGES))),
});

const recentSchema = z.object({
  endedAt: moment,
  mode: routePlanSchema.shape.mode,
  predicted: predictionSchema,
  outcome: keptStatsSchema,
  plan: routePlanSchema,
});

export const poolStateSchema = shape(
  'PoolState',
  z.extend(poolSchema, {
    members: z.array(memberSchema).check(z.maxLength(MAX_ROWS)),
    lastEpoch: count,
    serving: z.nullable(poolCoalitionSchema),
    forming: z.nullable(poolCoalitionSchema),
    /** Further rings that answer beside the first, or load. */
    further: z._default(z.array(poolCoalitionSchema).check(z.maxLength(MAX_ROWS)), []),
    waiting: count,
    running: count,
    /** Newest first. */
    recent: z.array(recentSchema).check(z.maxLength(MAX_ROWS)),
  }),
);
export type PoolLive = z.infer<typeof poolStateSchema>;
