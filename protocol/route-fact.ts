// What decided a route, by kind and with its figures: the server tells it in English sentences, for programs, and a page in the
// language of its person.
import * as z from 'zod/mini';
import { modeSchema } from './mode.ts';

const count = z.number().check(z.int(), z.gte(0));
const amount = z.number().check(z.gte(0));

export const routeFactSchema = z.discriminatedUnion('kind', [
  /** The asking tab holds the whole model. */
  z.object({ kind: z.literal('holds-all'), bytes: count, msPerLayer: amount }),
  /** The same, where no server could be asked for others. */
  z.object({ kind: z.literal('holds-all-unserved') }),
  /** The asking tab has not measured what it could do. */
  z.object({ kind: z.literal('unmeasured') }),
  z.object({ kind: z.literal('lends-too-little'), bytes: count, neededBytes: count }),
  z.object({ kind: z.literal('no-tab') }),
  z.object({ kind: z.literal('tabs-lend-too-little'), tabs: count }),
  /** Round trip between the farthest two, and one-way hops per lap; and the most of each. */
  z.object({
    kind: z.literal('too-far'),
    ...{ tabs: count, pairMs: amount, lapMs: amount, mostPairMs: amount, mostLapMs: amount },
  }),
  z.object({ kind: z.literal('one-tab') }),
  z.object({ kind: z.literal('nothing-to-split') }),
  z.object({ kind: z.literal('together'), tabs: count, pairMs: amount, lapMs: amount }),
  z.object({ kind: z.literal('neighbours-apart'), pairMs: amount, mostMs: amount }),
  /** From who asks to the tabs and back. */
  z.object({ kind: z.literal('way-to-them'), ms: amount }),
  z.object({ kind: z.literal('ways-assumed'), ms: amount }),
  z.object({ kind: z.literal('loads-first') }),
  z.object({
    kind: z.literal('predicted'),
    ...{ tokensPerSecond: amount, timeToFirstTokenMs: amount },
    /** The best that was turned down. */
    against: z.optional(z.object({ mode: modeSchema, tokensPerSecond: amount })),
  }),
  z.object({ kind: z.literal('waits'), ms: amount }),
  z.object({ kind: z.literal('compared'), tokensPerSecond: amount, chosenTokensPerSecond: amount }),
  z.object({ kind: z.literal('crowded'), running: count, queued: count, waitMs: amount, mostWaitMs: amount }),
  z.object({ kind: z.literal('asked-for-batch') }),
  z.object({ kind: z.literal('nothing-now') }),
  /** A job now, the answer later. */
  z.object({ kind: z.literal('later') }),
]);
export type RouteFact = z.infer<typeof routeFactSchema>;

/** Why an ask waits for its turn. */
export const queueReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loading') }),
  /** The stages of an answer that has begun. */
  z.object({ kind: z.literal('replacing') }),
  /** So many answers run at once now in so many rings, of as many as there is room for. */
  z.object({ kind: z.literal('full'), rings: count, running: count, slots: count }),
]);
export type QueueReason = z.infer<typeof queueReasonSchema>;
