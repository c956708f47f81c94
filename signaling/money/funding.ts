// How the work of a pool is paid for: the one port between jobs and money. Jobs say what may be computed, by whom it is, and
// what the receipts are worth; a funding moves the money of one currency and knows no model, no queue and no tab.
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';

/** The most that a job may cost. Amounts are whole millionths ("micros") of the funding's own unit, safe integers. */
export interface Reservation {
  job: JobId;
  pool: PoolId;
  payer: OwnerId;
  /** Above 0: what costs nothing is not reserved. */
  amountMicros: number;
  /** What is neither settled nor released by then goes back by itself. */
  expiresAt: Date;
}

/** What each peer has earned with a job: each peer once, none of it below 0. */
export interface Earnings {
  job: JobId;
  payments: readonly { peer: PeerId; amountMicros: number }[];
  /** The network let the answer down: what nothing was earned with is given back with all that it cost. By default false. */
  isFailed?: boolean;
}

/**
 * Every implementation passes `fundingCompliance`. Calls for one job come in this order, as far as they come at all:
 * `reserve`, `began`, `moved` any number of times, then `settle` or `release`. A call may come again after a crash.
 */
export interface Funding {
  /** Who leaves in mid-answer is paid for what it had shown by then: receipts are asked for on the way. By default not. */
  readonly paysLeavers?: boolean;
  /** For so long a payer's answers may run, where that is longer than a grant. */
  coveredSeconds?(payer: OwnerId): number | undefined;
  /**
   * Sets the amount aside before the job waits for its turn. Rejects with what the payer can do about it, and then nothing
   * is set aside. The same reservation again changes nothing; another one for the job is a `conflict`.
   */
  reserve(reservation: Reservation): Promise<void>;
  /** A coalition begins to work on the job. Changes nothing of what anybody gets in the end. */
  began(job: JobId, work: EpochSeats): Promise<void>;
  /** From now on this coalition may work on it instead. Changes nothing of what anybody gets in the end. */
  moved(job: JobId, work: EpochSeats): Promise<void>;
  /**
   * Pays what was earned out of what is set aside, and gives the rest back. Once: a job that is settled gives the first
   * result, whatever is said now. Rejects with `bad-request` when more was earned than is set aside, `not-found` when
   * nothing ever was, `conflict` when it was released; nothing is paid then.
   */
  settle(earnings: Earnings): Promise<{ chargedMicros: number }>;
  /**
   * Gives all of it back. No effect on a job that is settled, released or unknown.
   *
   * @param isFailed false: whoever pays wanted it no more. By default true: nobody could do it.
   */
  release(job: JobId, isFailed?: boolean): Promise<void>;
}
