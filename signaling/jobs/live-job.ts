// One job while it lives: what it may cost, who drives it, what came of it so far. Plain data; the verbs beside it move it along.

import type { Coalition } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import type { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent, JobRequest, JobStats } from '../../protocol/job.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import type { QueueReason } from '../../protocol/route-fact.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { Delivered, EpochSeats, Most } from '../settlement/settlement-types.ts';
import { type SpeechBudget, speechBudget } from './driver-budget.ts';
import type { Usage } from './job-types.ts';
import type { PaidAnswer } from './paid-answers.ts';
import type { FoundCache, LeftCache } from './paid-prefixes.ts';
import type { Sponsored } from './sponsoring.ts';

/** How a job speaks to whoever wanted it: a stream for HTTP, control messages for a tab that drives itself. */
export interface JobListener {
  queued(place: number, waiting: number, why: QueueReason): void;
  /** It has a route. For a tab this is its sign to begin; false when the tab is gone. */
  routed(plan: RoutePlan, over: Pick<Coalition, 'epoch' | 'ring'>, grant: string | undefined): boolean;
  /** HTTP only: what its driver says on the way. */
  event(event: Exclude<JobEvent, { type: 'done' | 'failed' }>): void;
  ended(end: { stats: JobStats | undefined; usage: Usage; plan: RoutePlan; chargedMicros: number }): void;
  failed(error: PoolError): void;
}

/** A coalition as whoever pays for its work sees it. */
export const seatsOf = ({ epoch, seats }: Coalition): EpochSeats => ({
  epoch,
  seats: seats.map(({ peer, start, end }) => ({ peer, start, end })),
});

export interface LiveJob {
  readonly id: JobId;
  readonly nonce: string;
  readonly pool: PoolId;
  readonly payer: OwnerId;
  readonly source: 'http' | 'batch' | 'tab';
  /** The turn in the queue is this one's. */
  readonly account: string;
  /** The network address that asks, if whoever does may be anybody. */
  readonly place: string | undefined;
  /** In a chat: the page of another site that shows it. */
  readonly embeddedIn: string | undefined;
  /** Devices of the payer. */
  readonly own: readonly PeerId[];
  readonly choices: number;
  /** No session computes this position or a later one. */
  readonly maxPosition: number;
  readonly maxTokens: number;
  /** HTTP: the prompt as the server counted it. */
  readonly promptIds: readonly number[];
  readonly price: Price;
  readonly heldMicros: number;
  /** What is held pays for so much. */
  readonly most: Most;
  /** HTTP: its caller hears each token as it comes, so that what failed later was delivered all the same. */
  readonly isStreamed: boolean;
  /** What a driver at the entry is asked to do; a tab knows its own prompt. */
  readonly request: JobRequest | undefined;
  readonly listener: JobListener;
  readonly createdMs: number;

  state: 'waiting' | 'running' | 'settling' | 'over';
  /** Who drives it now. */
  driver: PeerId | undefined;
  plan: RoutePlan | undefined;
  /** What stages of it could show on the way, by peer and epoch: of those that have left by its end. */
  readonly shown: Map<string, readonly SignedReceipt[]>;
  /** Coalitions that may have worked on it, in order of use. */
  epochs: EpochSeats[];
  /** The ring of its pool that works on it, or did last. */
  ring: number | undefined;
  /** When its driver last began or said something, by `performance.now()`. */
  heardMs: number;
  /** When it lost its driver, by `performance.now()`. */
  lostMs: number | undefined;
  attempts: number;
  /** Ids that were told, per choice: where the next driver goes on. */
  emitted: number[][];
  /** Why each choice ended, as its driver said. */
  finished: Map<number, string>;
  hasStarted: boolean;
  usage: Usage;
  stats: JobStats | undefined;
  /** How much its drivers may still say. */
  readonly speech: SpeechBudget;
  /** HTTP: what was relayed of each choice, and from which epoch it came. */
  readonly delivered: Delivered[][];
  /** In a chat: positions at its beginning that its client may have paid for before. */
  paidTokens: number;
  /** In a chat: tokens that its loop may be ahead of what its client has signed for, as its grants say. */
  loopAhead: number | undefined;
  /** In a chat: what its client signed that it received. */
  note: SignedDelivery | undefined;
  /** In a chat: what it signed for on the way, as far as who ran its loop has shown it. */
  acknowledged: SignedDelivery | undefined;
  /** Its tab has asked for it again while no coalition of its ring answered: it is told when one does. */
  isAskedAgain: boolean;
  /** The last place that was told. */
  toldPlace: number;
  cancelled: boolean;
  /** It began under an earlier server. */
  isTakenUp: boolean;
  timer: NodeJS.Timeout | undefined;
  /** When its grants end, by `performance.now()`: nothing that happens to it moves that. */
  endsMs: number | undefined;
  /** Whose money it is, where that is not the payer's. */
  sponsored: Sponsored | undefined;
  /** HTTP: bytes of text that were relayed of each choice. */
  readonly textBytes: number[];
  /** HTTP: tokens of each choice whose probabilities were told. */
  readonly toldLogprobs: number[];
  /** HTTP: what its prompt found in the cache of an earlier answer: it counts where that one was paid whole. */
  cache: FoundCache | undefined;
  /** HTTP: what was paid of the answer when the same was asked before. */
  readonly paidBefore: PaidAnswer | undefined;
  /** It has ended: resolves when its row says so. */
  kept: Promise<void> | undefined;
  /** HTTP: what it leaves behind for the next one. */
  leaves: LeftCache | undefined;
}

export type NewJob = Partial<Pick<LiveJob, 'isStreamed' | 'paidBefore' | 'embeddedIn'>> &
  Pick<
    LiveJob,
    | 'id'
    | 'nonce'
    | 'pool'
    | 'payer'
    | 'source'
    | 'account'
    | 'place'
    | 'own'
    | 'choices'
    | 'maxPosition'
    | 'maxTokens'
    | 'price'
    | 'heldMicros'
    | 'most'
    | 'request'
    | 'listener'
  > & { driver?: PeerId; promptTokens?: number; promptIds?: readonly number[] };

export function liveJob({ driver, promptIds = [], promptTokens = promptIds.length, ...fields }: NewJob): LiveJob {
  return {
    isStreamed: false,
    paidBefore: undefined,
    embeddedIn: undefined,
    ...fields,
    promptIds,
    createdMs: performance.now(),
    state: 'waiting',
    driver,
    plan: undefined,
    shown: new Map(),
    epochs: [],
    ring: undefined,
    heardMs: performance.now(),
    lostMs: undefined,
    attempts: 0,
    emitted: Array.from({ length: fields.choices }, () => []),
    finished: new Map(),
    hasStarted: false,
    usage: { promptTokens, cachedTokens: 0, completionTokens: 0 },
    stats: undefined,
    speech: speechBudget(fields.request ?? fields),
    delivered: Array.from({ length: fields.choices }, () => []),
    paidTokens: 0,
    loopAhead: undefined,
    note: undefined,
    acknowledged: undefined,
    isAskedAgain: false,
    toldPlace: 0,
    cancelled: false,
    isTakenUp: false,
    timer: undefined,
    endsMs: undefined,
    sponsored: undefined,
    textBytes: Array.from({ length: fields.choices }, () => 0),
    toldLogprobs: Array.from({ length: fields.choices }, () => 0),
    cache: undefined,
    kept: undefined,
    leaves: undefined,
  };
}
