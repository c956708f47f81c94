// Turns the tabs of a pool into seats, or says in a sentence what they wait for. Pure. Measures and policy come in as
// numbers, never as names of devices.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import type { PoolReason } from '../../protocol/pool-reason.ts';
import { PLAN_CONTEXT_TOKENS, WORTH_CHANGE, WORTH_REORDER_MS } from './bounds.ts';
import { fitPeers } from './fit-peers.ts';
import { partitionLayers } from './partition-layers.ts';
import { placeStages } from './place-stages.ts';
import { type Candidate, type RttOf, ringContext } from './ring-context.ts';
import { ringInOrder, shapeRing } from './shape-ring.ts';
import { tellReason } from './tell-reason.ts';

export type { Candidate } from './ring-context.ts';

export interface PlanRequest {
  manifest: ModelManifest;
  /** Tabs that may be planned, earliest first. */
  candidates: readonly Candidate[];
  /** Exactly so many stages, in order of joining; undefined takes the fewest devices that hold the model. */
  stages?: number | undefined;
  /** Whether to wait until so many are there. A pool that once served goes on with fewer. */
  waitForAll?: boolean;
  /** Round trips between peers in milliseconds, where anything is known. */
  rtt?: RttOf | undefined;
  /** Members now, entry first: kept unless a change is predicted to be WORTH_CHANGE times as fast. */
  current?: readonly PeerId[] | undefined;
}

export type PoolPlan =
  /** `isFar`: hops or a pair are beyond what a person should wait for. */
  { kind: 'plan'; seats: Seat[]; reason: string; isFar?: true } | { kind: 'waiting'; reason: string; why: PoolReason };

export const waiting = (why: PoolReason): PoolPlan & { kind: 'waiting' } => ({
  ...{ kind: 'waiting', reason: tellReason(why), why },
});

/** Seats for the tabs that serve best; the rest are spares. */
export function planPool(request: PlanRequest): PoolPlan {
  const contextTokens = Math.min(request.manifest.maxContext, PLAN_CONTEXT_TOKENS);
  const { stages } = request;
  return stages === undefined ? planFewest(request, contextTokens) : planForced(request, stages, contextTokens);
}

function planFewest({ manifest, candidates, rtt, current }: PlanRequest, contextTokens: number): PoolPlan {
  if (candidates.length === 0) return waiting({ kind: 'no-tab' });
  const placed = placeStages({ manifest, candidates, contextTokens, rtt, current });
  if (placed.kind === 'refused') {
    return planned(manifest, roomiest(candidates, Math.min(manifest.layers, MAX_STAGES)), contextTokens);
  }
  const seats = placed.stages.map(({ candidate, start, end }) => seatOf(manifest, candidate, start, end));
  return { kind: 'plan', seats, reason: placed.reason, ...(placed.isInteractive ? {} : { isFar: true }) };
}

/** The first so many tabs that together hold the model: those that serve now go first, and all sit in order of joining. */
function planForced(request: PlanRequest, stages: number, contextTokens: number): PoolPlan {
  const { manifest, candidates, waitForAll = false, current = [] } = request;
  const most = Math.min(manifest.layers, MAX_STAGES, stages);
  const least = waitForAll ? most : 1;
  const isNew = ({ peer }: Candidate): boolean => !current.includes(peer);
  let eligible = [...candidates].sort((a, b) => Number(isNew(a)) - Number(isNew(b)));
  while (eligible.length >= least && eligible.length > 0) {
    const first = eligible.slice(0, most);
    const chosen = candidates.filter((candidate) => first.includes(candidate));
    const capacities = chosen.map(({ capability }) => capability);
    const kept = fitPeers(manifest, capacities, contextTokens);
    if (kept.length === chosen.length) return planned(manifest, reorder(request, chosen, contextTokens), contextTokens);
    const dropped = kept.length > 0 ? chosen.filter((_, index) => !kept.includes(index)) : [smallest(chosen)];
    eligible = eligible.filter((candidate) => !dropped.includes(candidate));
  }
  if (candidates.length === 0) return waiting({ kind: 'no-tab' });
  if (candidates.length < least) {
    return waiting({ kind: 'tabs-missing', here: candidates.length, wanted: least });
  }
  if (eligible.length > 0) {
    return waiting({ kind: 'memory-tabs-missing', here: eligible.length, wanted: least });
  }
  return planned(manifest, roomiest(candidates, most), contextTokens);
}

/**
 * The same tabs along the shortest way around, if every way was measured and it is worth it: less than WORTH_CHANGE or
 * WORTH_REORDER_MS of a lap is jitter, and each new order makes tabs load again.
 */
function reorder(
  { manifest, rtt, current = [] }: PlanRequest,
  chosen: Candidate[],
  contextTokens: number,
): Candidate[] {
  const context = ringContext(manifest, chosen, contextTokens, rtt);
  const joined = chosen.map((_, index) => index);
  const now = current.map((peer) => chosen.findIndex((candidate) => candidate.peer === peer));
  const isSame = now.length === chosen.length && joined.every((index) => now.includes(index));
  const before = (isSame ? ringInOrder(context, now) : undefined) ?? ringInOrder(context, joined);
  if (!before) return chosen;
  let order = before.order;
  if (joined.every((a) => joined.every((b) => context.isKnown(a, b)))) {
    const ring = shapeRing(context, joined);
    const savedMs = ring ? before.lapMs - ring.lapMs : 0;
    if (ring && savedMs >= WORTH_REORDER_MS && before.lapMs >= ring.lapMs * WORTH_CHANGE) order = ring.order;
  }
  return order.map((index) => chosen[index]!);
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
    const layers = chosen.length === 1 ? 'all layers' : `${manifest.layers} layers together`;
    return {
      kind: 'plan',
      seats,
      reason: `${chosen.length === 1 ? '1 tab holds' : `${chosen.length} tabs hold`} ${layers}.`,
    };
  }
  const missingBytes = cut.reason === 'out-of-memory' ? cut.missingBytes : 0;
  return waiting({ kind: 'memory-missing', bytes: missingBytes });
}

/** The tabs that lend most, still in order of joining. */
function roomiest(candidates: readonly Candidate[], count: number): Candidate[] {
  const byMemory = [...candidates].sort((a, b) => b.capability.memoryBytes - a.capability.memoryBytes).slice(0, count);
  return candidates.filter((candidate) => byMemory.includes(candidate));
}

const smallest = (candidates: readonly Candidate[]): Candidate =>
  candidates.reduce((least, next) => (next.capability.memoryBytes < least.capability.memoryBytes ? next : least));

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
