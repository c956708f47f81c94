// What the orchestrator knows of pools, as plain values: types, bounds and the empty roster. Never mutated in place.
import type { Capability, Coalition, PoolPolicyName, ServerMessage } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import { type ModelRef, modelOf, type PeerId, type PoolId, poolIdOf, poolRefOf } from '../../protocol/ids.ts';
import { LOAD_SILENCE_MS } from '../../protocol/limits.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Exclusion, PoolReason } from '../../protocol/pool-reason.ts';
import type { PairMarks } from './pair-marks.ts';

/** Most pools at once. Anyone can offer any repository, so the list must end somewhere. */
export const MAX_POOLS = 200;
/** Most tabs in one pool: four full coalitions. */
export const MAX_PEERS_PER_POOL = 256;
/** Deepest model that is planned: a plan takes time with the square of it. The deepest in use have about 130. */
export const MAX_LAYERS = 256;
/** Most drivers that hear of one pool. Each change is sent to all of them. */
export const MAX_WATCHERS_PER_POOL = 1000;
/** Most pools that one peer watches: a chat tab needs one, a page that compares models a few. */
export const MAX_WATCHES_PER_PEER = 8;
/** Most tabs that left whose failures a pool remembers. */
export const MAX_PAST = 512;
/** Most rings of one pool that answer side by side. */
export const MAX_RINGS = 4;
/** A pair of neighbours that cannot link is tried once more as it was, then one of the two is left out. */
export const LINK_STRIKES = 2;

export interface RosterTiming {
  /** Tabs that open in one burst get one plan. */
  joinDebounceMs: number;
  /** A closed window takes several tabs at once, but an answer may be waiting: shorter. */
  leaveDebounceMs: number;
  /** Load progress is told at most this often per pool. */
  progressFlushMs: number;
  loadSilenceMs: number;
  /** Neighbours of a tab that none of them can reach say so within this. */
  gatherMs: number;
  /** A queue that has waited for so long gets a further ring, if there can be one. */
  crowdedMs: number;
}

export const ROSTER_TIMING: RosterTiming = {
  joinDebounceMs: 300,
  leaveDebounceMs: 50,
  progressFlushMs: 250,
  loadSilenceMs: LOAD_SILENCE_MS,
  gatherMs: 1_000,
  crowdedMs: 1_000,
};

/** A tab that was left out comes back after this; each further time it takes twice as long. */
const LEFT_OUT_MS = 10_000;
const MAX_LEFT_OUT_MS = 10 * 60_000;

/** `failures` counts this one. */
export const leftOutMs = (failures: number): number => Math.min(MAX_LEFT_OUT_MS, LEFT_OUT_MS * 2 ** (failures - 1));

/** What did not show itself, could not be reached or did not stay is out for its time, whatever it says meanwhile. */
export const isOutInTime = (why: Exclusion | undefined): boolean =>
  why === 'unshown' || why === 'unreachable' || why === 'unsteady';

/** Layers `[start, end)` that a tab in reserve was asked to hold. */
export interface WarmLayers {
  readonly start: number;
  readonly end: number;
  /** It has said that it does. */
  readonly isReady: boolean;
  /** It has said that it could not have them: it is not asked again. */
  readonly hasFailed?: true;
}

export interface PoolPeer {
  readonly peer: PeerId;
  readonly capability: Capability;
  readonly excluded?: Exclusion;
  /** When it may be planned again. */
  readonly leftOutUntilMs?: number;
  /** How often it was left out, since it came or since a lap showed it; but for what no lap shows: */
  readonly failures?: number;
  /** How often it was left out for links, and until when last. */
  readonly unreached?: { readonly times: number; readonly untilMs: number };
  /** How often it has left its seat, and when last. */
  readonly leaves?: { readonly times: number; readonly atMs: number };
  readonly warm?: readonly WarmLayers[];
  /** Whom it was asked to be connected to meanwhile. */
  readonly near?: readonly PeerId[];
  /** How often it was to make answers faster and did not, and until when it is not tried for that again. */
  readonly noFaster?: { readonly times: number; readonly untilMs: number };
  /** What its last real load took. */
  readonly load?: { readonly bytes: number; readonly ms: number };
}

/** What outlives a tab's leaving. */
export type PeerPast = Pick<PoolPeer, 'failures' | 'unreached' | 'leaves' | 'excluded' | 'leftOutUntilMs' | 'noFaster'>;

export interface PoolCoalition {
  readonly coalition: Coalition;
  /** When each seat last got further, while it loads. */
  readonly progressAtMs: ReadonlyMap<PeerId, number>;
  /** When its seats were asked to load; of one that answers, when it began to. */
  readonly begunAtMs?: number;
  /** What a lap of it took, by the server's clock. */
  readonly lapMs?: number;
  /** All its seats say that they are ready, or answers stand still over it: a canary lap is to show it. */
  readonly isTried?: true;
  /** Its members were told to finish what runs; `broken` meanwhile, it stands here for its seats only, until others have them. */
  readonly isRetired?: true;
  /** When answers last stood still over it, and it was tried for that. */
  readonly stillAtMs?: number;
  /** Links of one that loads that could not be made; judged when all that fail together have been told. */
  readonly unlinked?: { readonly pairs: readonly UnlinkedPair[]; readonly judgeAtMs: number };
}

export interface UnlinkedPair {
  readonly reporter: PeerId;
  readonly accused: PeerId;
}

export interface Pool {
  readonly id: PoolId;
  readonly model: ModelRef;
  /** The configured pool is listed even when empty. */
  readonly pinned: boolean;
  /** As the server read it when the first tab came; undefined while no tab is here. */
  readonly manifest?: ModelManifest | undefined;
  /** In order of joining. */
  readonly peers: readonly PoolPeer[];
  readonly watchers: readonly PeerId[];
  readonly lastEpoch: number;
  /** Those that answer, then those that load. `coalitions.ts` reads them. */
  readonly coalitions: readonly PoolCoalition[];
  /** Whether a coalition has been ready since the first tab came. */
  readonly hasServed: boolean;
  /** Reports of links that are down. */
  readonly strikes: PairMarks;
  /** Laps in which one of two must have lied. Whoever offers itself again has them still. */
  readonly doubts: PairMarks;
  /** What is known of tabs that failed and left, oldest first: who comes back is no other. */
  readonly past: ReadonlyMap<PeerId, PeerPast>;
  /** Since when somebody waits although rings answer, or all of them are full: tabs in reserve that hold the model may be another one. */
  readonly crowdedAtMs?: number;
  /** Why nothing is planned, when nothing is. */
  readonly waitsFor?: PoolReason | undefined;
  readonly replanAtMs?: number | undefined;
  readonly flushAtMs?: number | undefined;
}

export interface Roster {
  readonly pools: ReadonlyMap<PoolId, Pool>;
  /** Highest epoch of any pool that was dropped: a pool that comes back goes on above it. */
  readonly epochFloor: number;
  /** Who waits for pools that no tab has opened: watching opens none. */
  readonly awaited: ReadonlyMap<PoolId, readonly PeerId[]>;
}

/** What a pool's maker decides. */
export interface Policy {
  /** Tabs to wait for and to split over; undefined leaves that to the planner. */
  readonly stages?: number | undefined;
  /** False: only `members` may lend a tab. */
  readonly recruit: boolean;
  readonly members: readonly PeerId[];
  /** False: nothing is planned, and what serves retires. */
  readonly loaded: boolean;
  /** How its work is paid, which says what the price counts; undefined: the commons. */
  readonly policy?: PoolPolicyName | undefined;
  /** What a token costs there; undefined where the model's size decides. */
  readonly price?: Price | undefined;
}

/** What a pure step may ask of the outside. */
export interface World {
  nowMs: number;
  timing: RosterTiming;
  /** Whether somebody tries each coalition before it serves; otherwise what its seats say is believed. */
  tries?: boolean;
  /** For pools whose maker decided nothing: so many tabs, `all` that are there, or what the planner finds best. */
  stages?: number | 'all' | undefined;
  /** What was decided of a pool that somebody made; undefined: whoever comes is taken. */
  policyOf?(pool: PoolId): Policy | undefined;
  /** Measured or estimated round trip of two peers, milliseconds. */
  rtt?(a: PeerId, b: PeerId): number | undefined;
}

/** What the roster says. Each receiver's ticket is put in where it is sent: the roster holds no secret. */
export type RosterMessage = Exclude<ServerMessage, { type: 'coalition' }> | { type: 'coalition'; coalition: Coalition };

/** A message for those of `to` that are still connected. */
export interface Effect {
  readonly to: readonly PeerId[];
  readonly message: RosterMessage;
}

export interface PoolStep {
  readonly pool: Pool;
  readonly effects: readonly Effect[];
}

export const emptyPool = (id: PoolId, lastEpoch: number, pinned = false): Pool => ({
  id,
  model: modelOf(poolRefOf(id)),
  pinned,
  peers: [],
  watchers: [],
  coalitions: [],
  lastEpoch,
  hasServed: false,
  strikes: new Map(),
  doubts: new Map(),
  past: new Map(),
});

/** A roster with the configured model's pool and nobody in it. Its epochs start above `epochFloor`. */
export const emptyRoster = (model: ModelRef, epochFloor = 0): Roster => ({
  pools: new Map([[poolIdOf(model), emptyPool(poolIdOf(model), epochFloor, true)]]),
  epochFloor,
  awaited: new Map(),
});
