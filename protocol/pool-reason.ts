// Why a pool is as it is: the server tells it in English sentences, for programs, and a page in the language of its person.
import * as z from 'zod/mini';
import { MAX_STAGES } from './limits.ts';

const count = z.number().check(z.int(), z.gte(0));

/**
 * Why a tab is not planned: `failed` until it offers itself again, `silent` until it is heard and its time is over, the
 * others for that time. `unshown`: it said that it was ready, and the canary lap did not show it. `unsteady`: it has left its
 * seat, or failed in it, again and again.
 */
export const exclusionSchema = z.enum(['failed', 'stalled', 'unreachable', 'silent', 'unshown', 'unsteady']);
export type Exclusion = z.infer<typeof exclusionSchema>;

export const poolReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('no-tab') }),
  z.object({ kind: z.literal('unloaded') }),
  /** The server is about to give tabs their layers. */
  z.object({ kind: z.literal('planning') }),
  z.object({ kind: z.literal('tabs-missing'), here: count, wanted: count }),
  /** Tabs that lend enough memory are missing. */
  z.object({ kind: z.literal('memory-tabs-missing'), here: count, wanted: count }),
  z.object({ kind: z.literal('memory-missing'), bytes: count }),
  z.object({ kind: z.literal('loading'), ready: count, tabs: count, layers: count }),
  /** All is loaded, and a short answer tries it. */
  z.object({ kind: z.literal('tried'), layers: count }),
  /** One number per ring that answers: of how many tabs it is. */
  z.object({ kind: z.literal('serving'), rings: z.array(count).check(z.maxLength(MAX_STAGES)), layers: count }),
  /** While something answers: tabs that load what takes its place, or another ring beside it. */
  z.object({ kind: z.literal('loads-split'), tabs: count }),
  z.object({ kind: z.literal('loads-ring'), tabs: count }),
  z.object({ kind: z.literal('reserve'), tabs: count }),
  z.object({ kind: z.literal('excluded'), why: exclusionSchema, tabs: count }),
]);
export type PoolReason = z.infer<typeof poolReasonSchema>;
