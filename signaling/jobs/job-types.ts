// The words of jobs on the server: what a caller orders, what it may follow, what it learns at the end. The service behind
// them admits, holds credits, finds a driver, survives its loss and settles.

import type { Price } from '../../protocol/credits.ts';
import type { ErrorShape } from '../../protocol/errors.ts';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent, JobRequest, JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { OwnerId } from '../ledger/owner.ts';

export interface JobOrder {
  payer: OwnerId;
  pool: PoolId;
  request: JobRequest;
  source: 'http' | 'batch';
  /** Its caller hears each token as it comes: then what failed later was delivered all the same. */
  isStreamed?: boolean;
  /** Network address that it comes from, as limits count it; undefined for a batch, whose caller is long gone. */
  address: string | undefined;
  /** Rejects when its caller has lost the right to ask while the request came in. Asked beside the counting of its prompt. */
  confirm?(): Promise<void>;
  /** Its seed is the caller's own, and not drawn for this order. */
  isSeeded?: boolean | undefined;
  /** The most that it may cost. */
  maxMicros?: number | undefined;
  /** What `quote` gave: its price holds for a while. */
  quote?: string | undefined;
  /** Aborting cancels: in the queue at once, at the driver within a lap. */
  signal?: AbortSignal;
}

export type QuoteOrder = Omit<JobOrder, 'source' | 'isStreamed' | 'signal'>;

/** What the caller of a running job hears, in order. The stream ends after `settled` or throws a `PoolError`. */
export type JobUpdate =
  | { type: 'queued'; place: number; waiting: number; reason: string }
  | { type: 'routed'; plan: RoutePlan }
  | Exclude<JobEvent, { type: 'done' | 'failed' }>
  | { type: 'done'; stats: JobStats; usage: Usage; plan: RoutePlan; receiptId: string; chargedMicros: number };

export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

export interface Job {
  readonly id: JobId;
  /** That it is sampled with: an earlier one's where the same is asked again. */
  readonly seed: number;
  /** Resolves when the job has a route, rejects when it never gets one (`queue-full`, `insufficient-credits`, ...). */
  readonly routed: Promise<RoutePlan>;
  /** May be read once. */
  readonly updates: AsyncIterable<JobUpdate>;
}

export interface JobService {
  /** Throws at once what can be known at once: `no-stages`, `queue-full`, `insufficient-credits`, `shutting-down`. */
  submit(order: JobOrder): Promise<Job>;
  /**
   * The most that such an order could cost, and how it would be routed now. Changes nothing. Throws as `submit` does for what
   * the order names itself: a most that is too little, a quote that is none.
   */
  quote(order: QuoteOrder): Promise<{
    maxMicros: number;
    price: Price;
    quote: string;
    expiresAt: Date;
    plan: RoutePlan;
  }>;
  /** Stored prediction and outcome of one job of this payer; undefined for anybody else's. */
  find(id: string, payer: OwnerId): Promise<JobRecord | undefined>;
}

export interface JobRecord {
  id: JobId;
  pool: string;
  state: 'waiting' | 'running' | 'settling' | 'done' | 'failed';
  plan?: RoutePlan | undefined;
  outcome?: JobStats | undefined;
  usage: Usage;
  chargedMicros: number;
  error?: Pick<ErrorShape, 'code'> | undefined;
  createdAt: Date;
  endedAt?: Date | undefined;
}
