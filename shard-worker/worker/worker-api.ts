// The one message file between a page and its worker: what can be asked of a worker, and what it tells unasked.
import type { Backend, Capability, Seat } from '../../protocol/control.ts';
import type { ErrorShape } from '../../protocol/errors.ts';
import type { ModelRef, PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Fingerprints } from '../links/link-handshake.ts';
import type { Answer, AnswerStats, AskRequest } from '../peer/peer-state.ts';

/** Where files of a model come from. */
export interface ModelSource {
  model: ModelRef;
  hubUrl: string;
  /** The index with the hashes of the site's own models; absent for models of the hub. */
  indexUrl?: string;
}

export interface StageAssignment {
  epoch: number;
  ticket: string;
  stage: number;
  start: number;
  end: number;
  /** The peer that holds the next layers; none at the exit. */
  next?: PeerId;
}

/** A raw channel to another peer, handed over by the page that brokered it. */
export interface LinkOffer {
  /** The page's number for this connection: another one between the same peers has another. */
  id: number;
  peer: PeerId;
  epoch: number;
  /** `out`: this side asked for the link. */
  direction: 'in' | 'out';
  /** The certificates of this very connection, which only the page can see. */
  fingerprints: Fingerprints;
  /** Of an outgoing link; for an incoming one the worker knows it from `load-stage`. */
  ticket?: string;
  /** Either the channel itself (where it can be transferred) or a port bridged to it. */
  channel?: RTCDataChannel;
  port?: MessagePort;
}

export interface StageLoaded {
  networkBytes: number;
  cachedBytes: number;
  msPerLayer: number;
}

export interface CoalitionForDriver {
  epoch: number;
  ticket: string;
  seats: Seat[];
}

// A type and not an interface: only a type has the index signature that the RPC asks for.
export type WorkerMethods = {
  /** The keys of this peer: links are signed in the worker. Comes before the first link. The private key stays unreadable. */
  'start-identity'(params: { keys: CryptoKeyPair }): Promise<void>;
  /** Chooses the backend and says what the device is. */
  'start-backend'(params: { backend: Backend | 'auto' }): Promise<{ backend: Backend; device: string; note?: string }>;
  /** Reads the graph (no weights) and gives the counts that the planner needs. */
  'read-model'(params: ModelSource): Promise<ModelManifest>;
  /** Times one layer of this model on synthetic weights. */
  'probe-layer'(params: Record<string, never>): Promise<Pick<Capability, 'msPerLayer'>>;
  /** Fetches a slice's weights and makes it ready for frames of its epoch. Tells `load-progress`. */
  'load-stage'(params: StageAssignment): Promise<StageLoaded>;
  /** The slice is loaded and its link to the next stage proved: computes frames of this epoch from now on. */
  'serve-epoch'(params: { epoch: number }): Promise<void>;
  /** Resolves when the link is proved (out) or listening (in). Rejects with `not-authentic` and others of `hello`. */
  'add-link'(params: LinkOffer): Promise<void>;
  /** Ends an epoch: its sessions, links and weights go, after what is running has finished. */
  'retire-epoch'(params: { epoch: number }): Promise<void>;
  /** Drives answers over this pool from now on. */
  'start-driver'(params: ModelSource & { self: PeerId }): Promise<void>;
  /** The links to entry and exit of this coalition are in place: answers go there from now on. */
  'use-coalition'(params: CoalitionForDriver): Promise<void>;
  /** No coalition serves now. */
  'drop-coalition'(params: { epoch: number; error: ErrorShape }): Promise<void>;
  ask(params: { id: number; request: AskRequest }): Promise<Answer>;
  cancel(params: { id: number }): Promise<void>;
};

export type WorkerEvents = {
  'load-progress': {
    epoch: number;
    loadedBytes: number;
    totalBytes: number;
    networkBytes: number;
    cachedBytes: number;
  };
  /** Once a second while something happens. */
  served: { sessions: number; tokens: number; stepMs: number; bytesIn: number; bytesOut: number };
  /** The device failed: this stage cannot go on. */
  fault: ErrorShape;
  'link-closed': Pick<LinkOffer, 'id' | 'epoch' | 'peer' | 'direction'>;
  text: { id: number; delta: string };
  stats: { id: number; stats: AnswerStats };
  notice: { id: number; notice: string };
};
