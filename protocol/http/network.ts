// Answer of `/api/network`: all pools, rings and tabs of a server as anybody may see them. Names of tabs and rings are made up
// for one view; counts of what people did are rounded.
import * as z from 'zod/mini';
import { count, moment, noted, shape, text } from './shape.ts';

/** Most tabs and coalitions that one answer lists; the totals count all of them. */
export const MAX_NETWORK_PEERS = 2000;
export const MAX_NETWORK_COALITIONS = 1000;
/** Points of a history: an hour of minutes, a day of quarters. */
const MAX_POINTS = 100;
const MAX_LISTED = 256;

const rate = z.number().check(z.gte(0));
const columnOf = <Schema extends z.ZodMiniType>(schema: Schema) => z.array(schema).check(z.maxLength(MAX_POINTS));

const seatSchema = z.object({
  /** Name of its tab in this view; null: it has left, and nobody has taken the seat yet. */
  peer: z.nullable(text),
  start: count,
  end: count,
  loaded: noted(z.number().check(z.gte(0), z.lte(1)), { description: 'Of the weights of the seat, in tenths.' }),
  rttMs: noted(z.nullable(rate), {
    description: 'Round trip to the next seat as its link measured it, in steps; of the last one, to the first.',
  }),
});

const networkCoalitionSchema = z.object({
  id: text,
  pool: noted(z.number().check(z.int(), z.gte(0)), { description: 'Which of `pools`.' }),
  state: z.enum(['forming', 'ready', 'broken']),
  isAnswering: noted(z.boolean(), { description: 'An answer runs over it, or did a few seconds ago.' }),
  seats: z.array(seatSchema).check(z.maxLength(MAX_LISTED)),
});
export type NetworkCoalition = z.infer<typeof networkCoalitionSchema>;

const networkPoolSchema = z.object({
  model: noted(z.string().check(z.maxLength(500)), { description: 'The model’s name, without whose it is.' }),
  dtype: text,
  /** Null until somebody has offered it. */
  layers: z.nullable(count),
  peers: count,
  tokensPerSecond: noted(z.nullable(rate), { description: 'Of its last answers, as the server timed them.' }),
  coverage: noted(z.array(z.object({ start: count, end: count, tabs: count })).check(z.maxLength(MAX_LISTED)), {
    description: 'How many tabs hold layers `[start, end)`, loaded and ready.',
  }),
});
export type NetworkPool = z.infer<typeof networkPoolSchema>;

const networkPeerSchema = z.object({
  id: text,
  pool: z.number().check(z.int(), z.gte(0)),
  at: z.enum(['serving', 'loading', 'waiting']),
});
export type NetworkPeer = z.infer<typeof networkPeerSchema>;

/** Columns, oldest first; the last point is still going on. */
const historySchema = z.object({
  pointSeconds: count,
  tokensPerSecond: columnOf(rate),
  answers: noted(columnOf(z.nullable(count)), { description: 'Null: a few, fewer than five.' }),
  peers: columnOf(count),
  failures: noted(columnOf(count), { description: 'Coalitions that answered and lost a tab.' }),
  recoveries: noted(columnOf(count), { description: 'Those that answered again.' }),
  recoveryMs: noted(columnOf(z.nullable(rate)), { description: 'The mean time that this took.' }),
});
export type NetworkHistoryPoints = z.infer<typeof historySchema>;

export const networkSchema = shape(
  'Network',
  z.object({
    view: noted(z.string().check(z.maxLength(500)), {
      description: 'Names of tabs and coalitions hold within one view, and mean nothing in the next.',
    }),
    viewEndsAt: moment,
    at: moment,
    totals: z.object({
      peers: count,
      serving: count,
      loading: count,
      waiting: count,
      coalitions: count,
      answering: count,
    }),
    tokensPerSecond: noted(rate, { description: 'Of settled answers, over the last minute.' }),
    pools: z.array(networkPoolSchema).check(z.maxLength(MAX_LISTED)),
    coalitions: z.array(networkCoalitionSchema).check(z.maxLength(MAX_NETWORK_COALITIONS)),
    peers: z.array(networkPeerSchema).check(z.maxLength(MAX_NETWORK_PEERS)),
    hour: historySchema,
    day: historySchema,
  }),
  'The network now, and its last hour and day.',
);
export type Network = z.infer<typeof networkSchema>;
