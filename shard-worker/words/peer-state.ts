// What a page can see of the peers in it: plain data, no handles. Pages draw these and nothing else.
import type { Backend, Coalition, PoolPolicyName, PoolSummary } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import type { ErrorShape } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Address } from '../../protocol/payout.ts';
import type { PoolReason } from '../../protocol/pool-reason.ts';
import type { QueueReason } from '../../protocol/route-fact.ts';
import type { Mode, RoutePlan } from '../../protocol/route-plan.ts';

/** The life of a stage, in order; `failed` and `left` end it. */
export type StagePhase =
  | 'connecting'
  | 'reading-model'
  | 'probing'
  | 'waiting'
  | 'loading'
  | 'serving'
  | 'failed'
  | 'left';

/** The server does not answer. Both by `performance.now()` of the page. */
export interface ServerAway {
  sinceMs: number;
  /** It is tried then; in the past: that is under way. */
  nextTryMs: number;
}

/** Layers `[start, end)` that this tab holds and how far their bytes have come. */
export interface SliceState {
  epoch: number;
  start: number;
  end: number;
  totalBytes: number;
  loadedBytes: number;
  /** Parts of `loadedBytes`: what came over the network, and what this browser still had. */
  networkBytes: number;
  cachedBytes: number;
}

/** Why a device computes otherwise than was to be expected of it. */
export type DeviceNote = 'no-webgpu' | 'no-device' | 'gpu-wrong' | 'gpu-careful';

/** Counters since the tab joined. */
export interface ServedState {
  /** Answers that it computed a part of, as far as the server has settled them; short ones that try a coalition are none. */
  answers: number;
  /** Positions of those answers, prompts included. */
  answerTokens: number;
  sessions: number;
  /** Rows computed: prompt tokens and generated ones. */
  tokens: number;
  /** Mean of the last steps, milliseconds inside the model for one step. */
  stepMs: number;
  /** Tokens in the last full second, newest last, at most 60. */
  tokensPerSecond: number[];
  bytesIn: number;
  bytesOut: number;
}

export interface ReserveState {
  start: number;
  end: number;
  totalBytes: number;
  loadedBytes: number;
  isReady: boolean;
}

export interface StageState {
  phase: StagePhase;
  pool: PoolId;
  peer?: PeerId;
  manifest?: ModelManifest;
  backend?: Backend;
  /** For people, e.g. "apple · metal-3" or "WASM, 1 thread". */
  device?: string;
  msPerLayer?: number;
  memoryBytes?: number;
  /** The program that computes, as it comes: bytes on the wire. Without a total where that is not known. */
  runtime?: { loadedBytes: number; totalBytes?: number };
  slice?: SliceState;
  coalition?: Coalition;
  /** Layers that it holds, or loads, to take over at once from the tabs that serve them: the most wanted first. */
  reserve?: readonly ReserveState[];
  served: ServedState;
  /** Neighbours that have owed an answer for longer than a busy tab would. */
  late?: readonly PeerId[];
  /** What runs over this tab's links goes on meanwhile. */
  away?: ServerAway;
  /** It leaves when what runs through it has ended, or then, by `performance.now()` of the page: it gets nothing new. */
  leaving?: { untilMs: number };
  /** While it waits: what for, as the planner says it. */
  waitsFor?: string;
  /** The same by kind, for pages of other languages. */
  waitsWhy?: readonly PoolReason[] | undefined;
  /** How its pool is, with this tab or without it. */
  poolState?: PoolSummary['state'];
  /** How the pool's work is paid; undefined: as in the commons, in credits. */
  policy?: PoolPolicyName | undefined;
  /** Where this tab is paid in USDC. */
  payoutAddress?: Address;
  /** What the pool's maker asks for a token, in the unit of its policy; it may change while this tab lends. */
  price?: Price | undefined;
  /** Why a GPU is not used, or is used with care: one sentence for the person, and its kind. */
  note?: string;
  noteCode?: DeviceNote;
  error?: ErrorShape & { next: string };
}

/** The chat side: which coalition would answer now. */
export interface ChatState {
  phase: 'connecting' | 'no-stages' | 'forming' | 'ready' | 'failed';
  pool: PoolId;
  peer?: PeerId;
  coalition?: Coalition;
  pools: PoolSummary[];
  /** What runs over this tab's links goes on meanwhile; what is asked waits, or is answered here alone. */
  away?: ServerAway;
  /** Entry or exit, where it has owed an answer for longer than a busy tab would. */
  late?: readonly PeerId[];
  /** While an ask of this tab waits for its turn. */
  queue?: QueuePlace;
  /** The program that computes, as it comes, once somebody needs it: as in `StageState`. */
  runtime?: StageState['runtime'];
  /** After `prepareLocal`: whether this tab can answer alone. */
  local?: LocalState;
  /** What ran when an earlier page of this tab was closed. There until something is asked. */
  unfinished?: UnfinishedAnswer;
  error?: ErrorShape & { next: string };
}

/** `request`: asked as it is, the answer goes on. `text`: as far as it had come, which no handler is told again. */
export interface UnfinishedAnswer {
  request: AskRequest;
  text: string;
}

/** Place 1 is next. */
export interface QueuePlace {
  place: number;
  waiting: number;
  /** One sentence, in English; the same by kind is in `why`, but of an older server. */
  reason: string;
  why?: QueueReason | undefined;
}

/** The whole model in this tab: probed first, then loaded, then ready. */
export interface LocalState {
  phase: 'probing' | 'loading' | 'ready' | 'failed';
  loadedBytes: number;
  totalBytes: number;
  msPerLayer?: number;
  backend?: Backend;
  device?: string;
  /** Why it computes otherwise than was to be expected of this device: one sentence for the person, and its kind. */
  note?: string;
  noteCode?: DeviceNote;
  error?: ErrorShape & { next: string };
}

/** In millionths of a credit. */
export interface Settlement {
  job: string;
  chargedMicros: number;
  receiptId: string;
  /** In a market pool: dollars, as the server writes them; then it cost no credits. */
  usdc?: string;
}

/** One stop of the route that an answer took; times are means per lap, in milliseconds, in the order in which they pass. */
export interface RouteStop {
  stage: number;
  start: number;
  end: number;
  backend: Backend;
  device: string;
  totalBytes: number;
  /** Sessions that shared a run of this stage, on average. */
  batch: number;
  /** One way, into this stage. */
  hopMs: number;
  /** From the frame's arrival until its run began. */
  queueMs: number;
  uploadMs: number;
  computeMs: number;
  /** Sampling and packing included. */
  readbackMs: number;
}

export interface AnswerStats {
  route: RouteStop[];
  /** From the exit back to the driver. */
  returnHopMs: number;
  /** Mean time from sending a token to having the next one. */
  lapMs: number;
  /** Mean time before a lap in which the driver waited for drafted tokens. */
  draftMs: number;
  promptTokens: number;
  tokens: number;
  /** Generated tokens after the first, divided by the time they took. */
  tokensPerSecond: number;
  timeToFirstTokenMs: number;
  /** After the prefill. Fewer than tokens when drafted ones were right. */
  laps: number;
  /** What these laps brought. */
  lapTokens: number;
  /** Tokens that were guessed ahead, and how many of them the coalition agreed with. */
  drafted: number;
  accepted: number;
  drafter: 'none' | 'ngram' | 'model';
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface AskRequest {
  messages: ChatMessage[];
  /** Defaults come from the model's generation_config.json. 0 is greedy. */
  temperature?: number;
  topK?: number;
  topP?: number;
  seed?: number;
  maxTokens?: number;
  stop?: string[];
  /** `auto` (default) leaves the route to the planner. */
  mode?: 'auto' | Mode;
  /** Token ids of an answer to the same messages that was cut: it goes on after them, and only the rest is paid. */
  resume?: readonly number[];
  /** Origin of the page of another site that shows this chat in a frame. */
  embeddedIn?: string;
}

/** What an answer waits for: `held` for a server that is away, `rerouted` for another route than the one that was lost. */
export type Notice = { kind: 'held' } | { kind: 'rerouted'; error: ErrorShape };

export interface AskHandlers {
  /** While the server has no room for it. */
  onQueue?(place: QueuePlace): void;
  /** How it will be answered, and why so. */
  onPlan?(plan: RoutePlan): void;
  /** New text; never splits a character. */
  onText?(delta: string): void;
  onStats?(stats: AnswerStats): void;
  /** When something is being waited for; undefined when that is over. */
  onNotice?(notice: Notice | undefined): void;
  /** It failed after these tokens were delivered: asked again with them as `resume`, it goes on. */
  onCut?(tokenIds: readonly number[]): void;
  /** What it cost, whenever the server has settled it: often after the answer, and also when that failed. */
  onSettled?(settlement: Settlement): void;
  signal?: AbortSignal;
}

export interface Answer {
  text: string;
  tokenIds: number[];
  finishReason: 'stop' | 'length' | 'cancelled';
  stats: AnswerStats;
  plan: RoutePlan;
  /** Absent when the server was slow to settle: `AskHandlers.onSettled` is told when it comes. */
  settlement?: Settlement;
}
