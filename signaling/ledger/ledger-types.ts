// The words of the ledger: who owns, what is held, what is paid. Amounts are whole millionths of a credit ("micros"),
// safe integers; the database holds them as bigint.
import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { OwnerId } from './owner.ts';

export interface Balance {
  /** Free to spend. Never below zero. */
  availableMicros: number;
  /** Reserved for running jobs. Never below zero. */
  heldMicros: number;
}

export interface Payment {
  to: OwnerId;
  amountMicros: number;
}

/** A line of an owner's statement. */
export interface StatementLine {
  eventId: string;
  at: Date;
  /** `grant`: welcome credits. */
  kind: 'grant' | 'hold' | 'settle' | 'release' | 'claim';
  amountMicros: number;
  bucket: 'available' | 'held';
  job?: JobId | undefined;
}

export interface Ledger {
  /**
   * Gives welcome credits: at most once per owner, and at most so many per network address and day. Resolves to
   * what was given, 0 when it was had before or the address has had its share.
   */
  welcome(owner: OwnerId, address: string): Promise<number>;
  balanceOf(owner: OwnerId): Promise<Balance>;
  /** Moves `amountMicros` from available to held. Throws `insufficient-credits` with both amounts in `data`. Once per job. */
  hold(hold: { job: JobId; payer: OwnerId; amountMicros: number; expiresAt: Date }): Promise<void>;
  /**
   * Pays out of the hold and releases the rest, in one balanced event. Exactly once: a second call for the job, from
   * wherever, changes nothing and gives the first one's result. The sum of payments must not exceed the hold.
   */
  settle(settlement: {
    job: JobId;
    payments: readonly Payment[];
  }): Promise<{ chargedMicros: number; isRepeat: boolean }>;
  /** Gives the whole hold back. No effect on a job that is settled, released or unknown. */
  release(job: JobId): Promise<void>;
  /** Jobs whose holds are neither settled nor released. */
  openHolds(): Promise<JobId[]>;
  /** Releases every hold that expired before `now`: what a crash left behind. Resolves to how many. */
  releaseExpired(now: Date): Promise<number>;
  /** All of a peer's own balance becomes the account's; from now on the peer earns for it. Once per peer and account. */
  claim(peer: PeerId, account: OwnerId): Promise<void>;
  statementOf(owner: OwnerId, page: { limit: number; before?: string }): Promise<StatementLine[]>;
  /** Sums over everything: for metrics and for tests of the invariants. All balances, the issuer's included, sum to 0. */
  totals(): Promise<{ availableMicros: number; heldMicros: number; issuedMicros: number; openHolds: number }>;
}
