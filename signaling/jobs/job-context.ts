// What the verbs of a job's life share: the jobs that live now, their queues, and what of the server they may ask for. Holds
// no rule.
import type { Logger } from 'pino';
import type { ClientMessage, Coalition, ServerMessage } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import type { JobId, ModelRef, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { SignText } from '../../protocol/signed-token.ts';
import type { Accounts } from '../accounts/account-types.ts';
import type { AdmissionLimits } from '../admission/admission-queue.ts';
import type { Asker } from '../admission/turn-line.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { Funding } from '../money/funding.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { ReceiptStore } from '../settlement/receipt-store.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';
import type { ReceiptCollector } from './collect-receipts.ts';
import type { JobStore } from './job-store.ts';
import type { LiveJob } from './live-job.ts';
import type { Overshoot } from './overshoot.ts';
import type { PaidAnswers } from './paid-answers.ts';
import type { PaidLengths } from './paid-lengths.ts';
import type { PaidPrefixes } from './paid-prefixes.ts';
import type { PoolQueues } from './pool-queues.ts';
import type { PriceQuotes } from './price-quotes.ts';
import type { QuietDoor } from './quiet-door.ts';
import type { Sponsoring } from './sponsoring.ts';

/** What the planner is asked about one request. */
export interface RouteQuestion {
  pool: Pool;
  /** The one that would answer: of several that with the most room; undefined where none serves. */
  coalition: Coalition | undefined;
  promptTokens: number;
  maxTokens: number;
  mode?: RoutePlan['mode'] | undefined;
  /** As the request names it; undefined leaves it to the server. */
  codec?: RoutePlan['codec'];
  /** The asking tab and what it measured of itself; undefined for HTTP. */
  asker?: { peer: PeerId; capability?: Extract<ClientMessage, { type: 'ask' }>['capability'] } | undefined;
  running: number;
  waiting: number;
  slots: number;
}

export interface JobObserver {
  started(job: LiveJob, waitMs: number): void;
  /** Its answer has ended; what it cost is found out from now on. */
  answered?(job: LiveJob): void;
  ended(job: LiveJob, end: { errorCode?: string; settlement?: SettlementPlan | undefined }): void;
}

export interface JobOptions {
  /** Whose money pays for a pool's work. */
  fundingOf(pool: PoolId): Funding;
  store: JobStore;
  receipts: ReceiptStore;
  accounts: Pick<Accounts, 'ownerOf' | 'peersOf'>;
  sign: SignText;
  /** Names this server in what peers sign for it. */
  serverId: PeerId;
  logger: Pick<Logger, 'info' | 'error'>;
  limits: AdmissionLimits;
  /** The roster's present view of a pool; undefined when nobody is in it. */
  poolOf(id: PoolId): Pool | undefined;
  /** What the server itself has read of a pool's model. */
  manifestOf?(id: PoolId): ModelManifest | undefined;
  /** Token ids of a prompt, as the server itself counts them. Rejects with what the model's files make of it. */
  promptIds(model: ModelRef, prompt: JobRequest['prompt'], asker: Asker): Promise<readonly number[]>;
  /** False when the peer is not connected. */
  send(peer: PeerId, message: ServerMessage): boolean;
  route(question: RouteQuestion): RoutePlan;
  /** What this payer’s next question costs there. */
  priceOf(pool: Pool, payer: OwnerId): Price;
  /** Who pays for visitors of other sites' pages; undefined: nobody. */
  sponsoring?: Sponsoring;
  observe?: JobObserver;
  receiptTimeoutMs?: number;
  /** For tests. */
  shownEveryMs?: number;
  /** Somebody waits although a coalition answers, or nobody does any more. */
  onCrowd?(pool: PoolId, isCrowded: boolean): void;
  /** An answer over this coalition stands still: somebody may compute no more. */
  onStill?(pool: PoolId, epoch: number): void;
  /** What waits is let go when nobody has been in its pool for this long. */
  desertedMs?: number;
}

export interface JobContext extends JobOptions {
  readonly jobs: Map<JobId, LiveJob>;
  readonly queues: PoolQueues;
  readonly collector: ReceiptCollector;
  readonly overshoot: Overshoot;
  readonly paid: PaidPrefixes;
  readonly paidAnswers: PaidAnswers;
  readonly paidLengths: PaidLengths;
  readonly quotes: PriceQuotes;
  /** The same name for the same payer, which says nothing of who it is. */
  ownerTag(payer: string): string;
  /** Who waits for a first word goes before who is being paid. */
  readonly door: QuietDoor;
  /** The server ends: nothing more is admitted. */
  isClosing: boolean;
  /** Takes work that nobody awaits; closing does. */
  keep(work: Promise<void>): void;
  /** What was kept and is not done. */
  readonly ending: ReadonlySet<Promise<void>>;
}
