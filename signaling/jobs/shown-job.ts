// A paid answer over HTTP dies with its server. What it was worth by the last word of its stages is kept in its row, for the next server
// to settle it.
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import type { Delivery, EpochSeats, Most } from '../settlement/settlement-types.ts';
import type { LiveJob } from './live-job.ts';
import { aheadOf, deliveryOf } from './witness.ts';

/** Counts and signatures; no text. */
export interface ShownTerms {
  layers: number;
  price: Price;
  most: Most;
  epochs: EpochSeats[];
  ahead: number;
  /** What its caller had received. */
  delivery: Delivery;
  stages: SignedReceipt[];
}

/** Its row. */
export interface ShownJob {
  id: JobId;
  nonce: string;
  pool: PoolId;
  terms: ShownTerms;
}

/** Undefined where its caller has received nothing yet: an answer that is told whole is not there before its end. */
export function shownTermsOf(job: LiveJob): ShownTerms | undefined {
  const { price, most, epochs, shown, cache, isStreamed } = job;
  const said = deliveryOf(job);
  if (!said || !isStreamed) return undefined;
  return {
    ...{ price, most, epochs, ahead: aheadOf(job) },
    layers: epochs[0]?.seats.at(-1)?.end ?? 1,
    delivery: { ...said, cachedTokens: cache?.isPaid ? cache.tokens : 0 },
    stages: [...shown.values()].flat(),
  };
}
