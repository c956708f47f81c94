// What is known of round trips: measured, else estimated, else assumed. Holds no clock and does no I/O. A peer can speak
// only of its own pairs, and its words move only its own coordinate.
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_PAIR_RTT_MS, UNKNOWN_RTT_MS } from './bounds.ts';
import { type Coordinate, clampRttMs, estimateRttMs, UNPLACED, updateCoordinate } from './update-coordinate.ts';

/** The server is a landmark that stays where it is. */
export const SERVER_NODE = 'server';
export type RttNode = PeerId | typeof SERVER_NODE;

export interface RttAnswer {
  ms: number;
  source: 'measured' | 'estimated' | 'default';
}

interface Samples {
  /** The newest, oldest first. */
  recentMs: number[];
  /** Their lower quartile, so that asking is a look-up. */
  ms: number;
  atMs: number;
}

interface Entry {
  coordinate: Coordinate;
  /** Keyed by the other end, the longest unheard first. */
  readonly samples: Map<RttNode, Samples>;
}

/** Samples per pair; the answer is their lower quartile: Ledlie, Gardner, Seltzer, "Network Coordinates in the Wild", NSDI 2007. */
const WINDOW = 5;
/** Reports of both ends that differ by more than this are a dispute: planned with the larger, and no coordinate learns from it. */
const DISPUTE_RATIO = 2;
const DISPUTE_MS = 20;
/** Golden angle: nodes that start at one place part in directions that never line up. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const LANDMARK: Coordinate = { ...UNPLACED, error: 0.1 };

export interface RttBookOptions {
  /** As many as there may be control sockets. */
  maxNodes?: number;
  /** As many as one heartbeat tells. */
  maxPairsPerNode?: number;
  ttlMs?: number;
}

export class RttEstimator {
  readonly #entries = new Map<RttNode, Entry>();
  readonly #maxNodes: number;
  readonly #maxPairs: number;
  readonly #ttlMs: number;
  #turns = 0;

  constructor({ maxNodes = 5000, maxPairsPerNode = 64, ttlMs = 15 * 60_000 }: RttBookOptions = {}) {
    this.#maxNodes = maxNodes;
    this.#maxPairs = maxPairsPerNode;
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** `reporter` measured `rttMs` to `other` at `nowMs`. Whoever calls this knows that it was `reporter` who said so. */
  record(reporter: PeerId, other: RttNode, rttMs: number, nowMs: number): void {
    const ms = clampRttMs(rttMs);
    if (ms === undefined || reporter === other) return;
    const entry = this.#entries.get(reporter) ?? { coordinate: UNPLACED, samples: new Map() };
    // Set anew so that both maps stay in order of last word: the first key is the one to give up.
    this.#entries.delete(reporter);
    this.#entries.set(reporter, entry);
    dropOldest(this.#entries, this.#maxNodes);
    const known = this.#fresh(entry, other, nowMs)?.recentMs ?? [];
    entry.samples.delete(other);
    const recentMs = [...known, ms].slice(-WINDOW);
    entry.samples.set(other, { recentMs, ms: lowerQuartile(recentMs), atMs: nowMs });
    dropOldest(entry.samples, this.#maxPairs);
    const theirs = other === SERVER_NODE ? LANDMARK : this.#entries.get(other)?.coordinate;
    const own = this.#saidBy(reporter, other, nowMs);
    if (!theirs || own === undefined || this.#isDisputed(own, this.#saidBy(other, reporter, nowMs))) return;
    this.#turns += 1;
    entry.coordinate = updateCoordinate(entry.coordinate, theirs, own, this.#turns * GOLDEN_ANGLE);
  }

  forget(peer: PeerId): void {
    this.#entries.delete(peer);
  }

  /** Measured by either end (the larger, if both spoke), else estimated, else assumed. */
  lookup(a: RttNode, b: RttNode, nowMs: number): RttAnswer {
    if (a === b) return { ms: 0, source: 'measured' };
    const here = this.#saidBy(a, b, nowMs);
    const there = this.#saidBy(b, a, nowMs);
    if (here !== undefined || there !== undefined) return { ms: Math.max(here ?? 0, there ?? 0), source: 'measured' };
    const estimate = this.#estimate(a, b, nowMs);
    if (estimate === undefined) return { ms: UNKNOWN_RTT_MS, source: 'default' };
    // Whoever opens on a busy machine answers the server late: as too far counts only what was measured between the two.
    return { ms: Math.min(estimate, MAX_PAIR_RTT_MS), source: 'estimated' };
  }

  /** The round trips as planners ask it: undefined where nothing is known. */
  at(nowMs: number): (a: RttNode, b: RttNode) => number | undefined {
    return (a, b) => {
      const { ms, source } = this.lookup(a, b, nowMs);
      return source === 'default' ? undefined : ms;
    };
  }

  /** By coordinates where both ends have two neighbours or more, and never outside of what the way over the server allows. */
  #estimate(a: RttNode, b: RttNode, nowMs: number): number | undefined {
    const toA = this.#saidBy(a, SERVER_NODE, nowMs);
    const toB = this.#saidBy(b, SERVER_NODE, nowMs);
    const one = this.#placed(a, nowMs);
    const two = this.#placed(b, nowMs);
    if (one && two) {
      const ms = estimateRttMs(one, two);
      return toA === undefined || toB === undefined ? ms : Math.min(toA + toB, Math.max(Math.abs(toA - toB), ms));
    }
    return toA === undefined || toB === undefined ? undefined : toA + toB;
  }

  #placed(node: RttNode, nowMs: number): Coordinate | undefined {
    if (node === SERVER_NODE) return LANDMARK;
    const entry = this.#entries.get(node);
    if (!entry) return undefined;
    let neighbours = 0;
    for (const { atMs } of entry.samples.values()) {
      if (nowMs - atMs <= this.#ttlMs) neighbours += 1;
      if (neighbours >= 2) return entry.coordinate;
    }
    return undefined;
  }

  #fresh(entry: Entry | undefined, other: RttNode, nowMs: number): Samples | undefined {
    const samples = entry?.samples.get(other);
    return samples && nowMs - samples.atMs <= this.#ttlMs ? samples : undefined;
  }

  #saidBy(node: RttNode, other: RttNode, nowMs: number): number | undefined {
    return this.#fresh(this.#entries.get(node), other, nowMs)?.ms;
  }

  #isDisputed(own: number, theirs: number | undefined): boolean {
    if (theirs === undefined) return false;
    const [low, high] = own < theirs ? [own, theirs] : [theirs, own];
    return high > low * DISPUTE_RATIO && high - low > DISPUTE_MS;
  }
}

function lowerQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 4)]!;
}

function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
