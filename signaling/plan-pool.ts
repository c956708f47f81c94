// Turns the tabs of a pool into seats, or says in a sentence what they wait for. Pure. Order of stages is order of
// joining; measures and policy come in as numbers, never as names of devices.
import type { Capability, Seat } from '../protocol/control.ts';
import type { PeerId } from '../protocol/ids.ts';
import { MAX_STAGES } from '../protocol/limits.ts';
import { type ModelManifest, stageBytes } from '../protocol/manifest.ts';
import { fitPeers } from './fit-peers.ts';
import { partitionLayers } from './partition-layers.ts';

/**
 * Each stage must hold the KV cache of one session of this length. A model's own maximum (often 131,072) would ask for
 * gigabytes that a conversation seldom uses; a stage that cannot grow answers `context-exceeded`.
 */
const PLAN_CONTEXT_TOKENS = 4096;

export interface Candidate {
  peer: PeerId;
  capability: Capability;
}

export interface PlanRequest {
  manifest: ModelManifest;
  /** Tabs that may be planned, earliest first. */
  candidates: readonly Candidate[];
  /** How many stages were asked for; undefined takes as many as there are layers. */
  stages?: number | undefined;
  /** Whether to wait until so many are there. A pool that once served goes on with fewer. */
  waitForAll?: boolean;
}

export type PoolPlan = { kind: 'plan'; seats: Seat[] } | { kind: 'waiting'; reason: string };

const waiting = (reason: string): PoolPlan => ({ kind: 'waiting', reason });
const tabs = (count: number): string => (count === 1 ? '1 more tab' : `${count} more tabs`);

/** Seats for the first tabs that together hold the model; the rest are spares. */
export function planPool({ manifest, candidates, stages, waitForAll = false }: PlanRequest): PoolPlan {
  const most = Math.min(manifest.layers, MAX_STAGES, stages ?? MAX_STAGES);
  const least = stages !== undefined && waitForAll ? most : 1;
  const contextTokens = Math.min(manifest.maxContext, PLAN_CONTEXT_TOKENS);
  let eligible = [...candidates];
  while (eligible.length >= least && eligible.length > 0) {
    const chosen = eligible.slice(0, most);
    const capacities = chosen.map(({ capability }) => capability);
    const kept = fitPeers(manifest, capacities, contextTokens);
    if (kept.length === chosen.length) return planned(manifest, chosen, contextTokens);
    const dropped = kept.length > 0 ? chosen.filter((_, index) => !kept.includes(index)) : [smallest(chosen)];
    eligible = eligible.filter((candidate) => !dropped.includes(candidate));
  }
  if (candidates.length === 0) return waiting('Waits for a tab to join.');
  if (candidates.length < least) {
    return waiting(`Waits for ${tabs(least - candidates.length)}: ${least} stages were asked for.`);
  }
  if (eligible.length > 0) {
    return waiting(`Waits for ${tabs(least - eligible.length)}: of ${least} stages, some lend too little memory.`);
  }
  return planned(manifest, roomiest(candidates, most), contextTokens);
}

/** Seats for exactly these tabs, or how much memory they lack. */
function planned(manifest: ModelManifest, chosen: readonly Candidate[], contextTokens: number): PoolPlan {
  const cut = partitionLayers(
    manifest,
    chosen.map(({ capability }) => capability),
    contextTokens,
  );
  if (cut.feasible) {
    const seats = cut.ranges.map(({ start, end }, index) => seatOf(manifest, chosen[index]!, start, end));
    return { kind: 'plan', seats };
  }
  const missingBytes = cut.reason === 'out-of-memory' ? cut.missingBytes : 0;
  return waiting(`Waits for more memory: ${megabytes(missingBytes)} more would hold the model.`);
}

/** The tabs that lend most, still in order of joining. */
function roomiest(candidates: readonly Candidate[], count: number): Candidate[] {
  const byMemory = [...candidates].sort((a, b) => b.capability.memoryBytes - a.capability.memoryBytes).slice(0, count);
  return candidates.filter((candidate) => byMemory.includes(candidate));
}

const smallest = (candidates: readonly Candidate[]): Candidate =>
  candidates.reduce((least, next) => (next.capability.memoryBytes < least.capability.memoryBytes ? next : least));

const megabytes = (bytes: number): string => `${(Math.ceil(bytes / 100_000) / 10).toLocaleString('en')} MB`;

function seatOf(manifest: ModelManifest, { peer, capability }: Candidate, start: number, end: number): Seat {
  const { backend, device } = capability;
  return {
    peer,
    start,
    end,
    backend,
    device,
    totalBytes: stageBytes(manifest, start, end),
    loadedBytes: 0,
    ready: false,
  };
}
