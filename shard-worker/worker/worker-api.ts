// The one message file between a page and its worker: what can be asked of a worker, and what it tells unasked.

import type { Backend, Capability, Seat } from '../../protocol/control.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import type { ErrorShape } from '../../protocol/errors.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent, JobRequest, JobStats } from '../../protocol/job.ts';
import type { LentMemory } from '../../protocol/lend-memory.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { HandedChannel } from '../links/open-handed.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import type { ModelSource } from '../words/model-source.ts';
import type { Answer, AnswerStats, AskRequest, ChatMessage, LocalState, Notice } from '../words/peer-state.ts';
import type { Unfinished } from '../words/unfinished.ts';
import type { BackendChoice } from './start-backend.ts';

export type { HandedChannel };

/** What a driver reads, and the pool that its grants must name. */
export interface DriverSource extends ModelSource {
  pool: PoolId;
}

/** Layers `[start, end)` that a tab without a seat is asked to hold, the most wanted first. */
export interface WarmSlices {
  layers: readonly { start: number; end: number }[];
  lent: LentMemory;
}

export interface StageAssignment {
  epoch: number;
  pool: PoolId;
  stage: number;
  start: number;
  end: number;
  /** Layers of the whole model. */
  layers: number;
  /** The peer that holds the next layers; none at the exit. */
  next?: PeerId;
  lent: LentMemory;
}

/** A raw channel to another peer, handed over by the page that brokered it. */
export interface LinkOffer extends HandedChannel {
  /** The page's number for this connection: another one between the same peers has another. */
  id: number;
  peer: PeerId;
  epoch: number;
  /** `out`: this side asked for the link. */
  direction: 'in' | 'out';
  /** 0 for a link of its own; n for the n-th further connection of the link that is proved between these peers. */
  lane: number;
  /** The certificates of this very connection, which only the page can see. */
  fingerprints: Fingerprints;
}

export type ClosedLink = Pick<LinkOffer, 'id' | 'epoch' | 'peer' | 'direction' | 'lane'>;

export interface StageLoaded {
  networkBytes: number;
  cachedBytes: number;
  msPerLayer: number;
}

export interface CoalitionForDriver {
  epoch: number;
  ring?: number | undefined;
  seats: Seat[];
}

/** An answer that this tab drives for its own person. */
export interface DriveRequest {
  /** The page's number for it. */
  id: number;
  request: AskRequest;
  /** Ids of `request.messages`, as the server was told their number: a template may write the time of day into them. */
  prompt: number[];
  plan: Pick<RoutePlan, 'local' | 'drafter' | 'codec'>;
  /** The server's permission; stages ask for it. Absent only when `plan.local`. */
  grant?: string;
  /** Which of the pool's rings the server has in mind. */
  ring?: number | undefined;
  /** A page that was closed had it under way, as the same job: the entry may have gone on with it meanwhile. */
  goesOn?: Pick<Unfinished, 'session' | 'resumed' | 'cachedTokens' | 'delivered'> | undefined;
}

/** How it went, also if it failed: what `ask-done` says to the server. */
export interface Driven {
  answer?: Pick<Answer, 'text' | 'tokenIds' | 'finishReason' | 'stats'>;
  error?: ErrorShape;
  /** With an error: all that came before it, of an earlier try too. */
  cut?: readonly number[];
  /** What had been delivered counts as prompt where an answer goes on. */
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** Once a lap has come back. */
  stats?: JobStats;
  /** Signed by this tab; absent where it answered alone. */
  delivery?: SignedDelivery;
}

/** What a stage can show of a job in an epoch. */
export interface StageReceipts {
  receipts: SignedReceipt[];
  /** The last word of the loop's driver on what it has. */
  delivery?: SignedDelivery;
}

/** A request that came over HTTP, for the driver at the entry stage. */
export interface ServerJob {
  job: JobId;
  grant: string;
  epoch: number;
  request: JobRequest;
}

// A type and not an interface: only a type has the index signature that the RPC asks for.
export type WorkerMethods = {
  /** The keys of this peer: links are signed in the worker. Comes before the first link. The private key stays unreadable. */
  'start-identity'(params: { keys: CryptoKeyPair }): Promise<void>;
  /** The key that tickets and grants are signed with, and the server's time: at each `welcome`, before anything else. */
  'trust-server'(params: { orchestratorKey: string; nowSeconds: number }): Promise<void>;
  /** This peer's own newest ticket of an epoch: before its first link or load, and again for each fresh one. */
  'hold-ticket'(params: { epoch: number; ticket: string }): Promise<void>;
  /** Chooses the backend and says what the device is. */
  'start-backend'(params: { backend: Backend | 'auto' }): Promise<BackendChoice>;
  /** Reads the graph (no weights) and gives the counts that the planner needs. */
  'read-model'(params: ModelSource): Promise<ModelManifest>;
  /**
   * Tries the backend's arithmetic on the model that was read; what computes it from now on, which is WASM where a GPU that
   * nobody insisted on is wrong. Rejects with `backend-unavailable`.
   */
  'try-backend'(params: Record<string, never>): Promise<BackendChoice>;
  /** Times one layer of this model on synthetic weights. */
  'probe-layer'(params: LentMemory): Promise<Pick<Capability, 'msPerLayer'>>;
  /** Fetches a slice's weights and makes it ready for frames of its epoch. Tells `load-progress`. */
  'load-stage'(params: StageAssignment): Promise<StageLoaded>;
  /** Holds these layers in reserve and lets go of all others that it held so. Tells `warm-progress` and `warm-ended` of each. */
  'warm-slices'(params: WarmSlices): void;
  /** The slice is loaded and its link to the next stage proved: computes frames of this epoch from now on. */
  'serve-epoch'(params: { epoch: number }): Promise<void>;
  /** The path's own round trip, milliseconds, of the connection with that number. */
  'note-distance'(params: { id: number; ms: number }): Promise<void>;
  /** The page gave its connection up. */
  'close-link'(params: { id: number }): Promise<void>;
  /** Resolves when the link is proved (out) or listening (in), for a lane at once. Rejects with `not-authentic` and others of `hello`. */
  'add-link'(params: LinkOffer): Promise<void>;
  /** Ends an epoch: its sessions, links and weights go, after what is running has finished. `hadSessions`: something was there. */
  'retire-epoch'(params: { epoch: number }): Promise<{ hadSessions: boolean }>;
  /** What this stage did for a job in an epoch, signed; sessions that it knows nothing of are left out. */
  'sign-receipts'(params: { job: JobId; epoch: number; goesOn?: boolean | undefined }): Promise<StageReceipts>;
  /** Drives answers over this pool from now on: reads its tokenizer, once. */
  'start-driver'(params: DriverSource): Promise<void>;
  /** The links to entry and exit of this coalition are in place: answers go there from now on. */
  'use-coalition'(params: CoalitionForDriver): Promise<void>;
  /** At the entry: the server has tried that coalition. What is alone goes on over it. */
  'coalition-serves'(params: { epoch: number }): Promise<void>;
  /** No coalition serves now. */
  'drop-coalition'(params: { epoch: number; error: ErrorShape }): Promise<void>;
  /** Whether the model can be served at all, for who finds nobody that serves it. Rejects as `read-model` does. */
  'check-model'(params: Record<string, never>): Promise<void>;
  /** Tokens of a conversation, as the model's chat template writes it. */
  'encode-prompt'(params: { messages: ChatMessage[] }): Promise<{ prompt: number[]; maxContext: number }>;
  /** Drives an answer. Tells `text`, `stats` and `notice`; a failure is in the result, so that the note of what was delivered comes along. */
  ask(params: DriveRequest): Promise<Driven>;
  cancel(params: { id: number }): Promise<void>;
  /** Drives a job of the server. Tells `job-event`, at last `done` or `failed`, and resolves then. */
  'run-job'(params: ServerJob): Promise<void>;
  'cancel-job'(params: { job: JobId }): Promise<void>;
  /** Loads the whole model into this tab, once; plans with `local` run there. Tells `local`. */
  'open-local'(params: { backend: Backend | 'auto' }): Promise<LocalReady>;
};

/** A model that is whole in this tab. */
export interface LocalReady {
  backend: Backend;
  device: string;
  layers: number;
  msPerLayer: number;
  /** Weights that are held. */
  totalBytes: number;
}

export type WorkerEvents = {
  /** The program that computes, as it is downloaded: bytes on the wire. Without a total where that is not known. */
  'runtime-progress': { loadedBytes: number; totalBytes?: number };
  'load-progress': {
    epoch: number;
    loadedBytes: number;
    totalBytes: number;
    networkBytes: number;
    cachedBytes: number;
  };
  'warm-progress': { start: number; end: number; loadedBytes: number; totalBytes: number };
  /** They are there, or could not be had. */
  'warm-ended': { start: number; end: number; isReady: boolean };
  /** Once a second while something happens. */
  served: { sessions: number; tokens: number; stepMs: number; bytesIn: number; bytesOut: number };
  /** The device failed: this stage cannot go on. */
  fault: ErrorShape;
  /** The other end of this connection has shown who it is. */
  'link-proved': Pick<LinkOffer, 'id'>;
  'link-closed': ClosedLink;
  /** A link that this side asked for is long: further connections to that peer are welcome as its lanes. */
  'link-long': Pick<LinkOffer, 'epoch' | 'peer'>;
  /** When changed, at most once a second: round trips to neighbours, and links that were refused, by why. */
  links: { rtts: { peer: PeerId; ms: number }[]; refusals: Record<string, number> };
  /** An event of a job of the server, in order. */
  'job-event': JobEvent;
  /** A model's own programs, its tokenizer and chat template, begin or end a run. */
  foreign: boolean;
  /** The worker holds this Web Lock for as long as it lives. */
  locked: { name: string };
  local: LocalState;
  text: { id: number; delta: string };
  stats: { id: number; stats: AnswerStats };
  /** Now and then: what a page that was closed and opened again would need to go on. */
  unfinished: { id: number } & Pick<
    Unfinished,
    'session' | 'tokenIds' | 'text' | 'resumed' | 'cachedTokens' | 'delivered'
  >;
  notice: { id: number; notice: Notice | undefined };
  /** A lap of this tab's own answer did not come back in time. */
  still: { epoch: number };
};

/** How a worker tells its page of an event. */
export type TellPage = <Name extends keyof WorkerEvents & string>(event: Name, data: WorkerEvents[Name]) => void;
