// A chat's answer goes on while the server is away: what of it is kept in its row, for the next server to settle it.
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { EpochSeats, Most } from '../settlement/settlement-types.ts';
import type { Usage } from './job-types.ts';
import type { LiveJob } from './live-job.ts';

/** Kept with each change of its coalitions. */
export interface GoingTerms {
  driver: PeerId;
  maxPosition: number;
  maxTokens: number;
  price: Price;
  most: Most;
  epochs: EpochSeats[];
  paidTokens: number;
  /** Absent in the row of an earlier version. */
  loopAhead?: number | undefined;
  /** When its grant ends, milliseconds since 1970. */
  endsAtMs: number;
}

/** Its row. */
export interface GoingJob {
  id: JobId;
  nonce: string;
  pool: PoolId;
  payer: OwnerId;
  plan: RoutePlan | undefined;
  usage: Usage;
  heldMicros: number;
  terms: GoingTerms;
}

/** Undefined for what only this server can end: requests over HTTP, and whatever has no coalition. */
export function goingTermsOf(job: LiveJob): GoingTerms | undefined {
  const { source, driver, maxPosition, maxTokens, price, most, epochs, paidTokens, loopAhead, endsMs } = job;
  if (source !== 'tab' || driver === undefined || epochs.length === 0 || endsMs === undefined) return undefined;
  const endsAtMs = Math.round(Date.now() + endsMs - performance.now());
  return { driver, maxPosition, maxTokens, price, most, epochs, paidTokens, loopAhead, endsAtMs };
}
