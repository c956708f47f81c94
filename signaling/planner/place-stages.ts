// Places a model on devices: the fewest that hold it, in the order that makes a lap short, and says why. Pure.

import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { LAP_SLACK, MAX_LAP_HOPS_MS, MAX_PAIR_RTT_MS, WORTH_CHANGE } from './bounds.ts';
import { chooseMembers, scoreRing } from './choose-members.ts';
import { evenCut } from './cut-for-latency.ts';
import { holdWithFewest } from './hold-model.ts';
import type { LayerRange } from './partition-layers.ts';
import { predictRing, type RingPrediction } from './predict-ring.ts';
import { type Candidate, type RingContext, type RttOf, ringContext } from './ring-context.ts';
import { describeRing, type Ring, ringInOrder } from './shape-ring.ts';
import { gigabytes, milliseconds, tabs } from './words.ts';

export interface PlaceRequest {
  manifest: ModelManifest;
  /** Earliest first. */
  candidates: readonly Candidate[];
  contextTokens: number;
  rtt?: RttOf | undefined;
  /** Who serves now, entry first: kept unless another ring is predicted WORTH_CHANGE times as fast. */
  current?: readonly PeerId[] | undefined;
}

export interface PlacedStage extends LayerRange {
  candidate: Candidate;
}

export interface Placement {
  /** From entry to exit. */
  stages: PlacedStage[];
  /** Plain decoding of one answer whose driver is at the entry. */
  prediction: RingPrediction;
  farthestRttMs: number;
  /** False when hops or a pair are beyond what a person should wait for: such a ring serves batches. */
  isInteractive: boolean;
  reason: string;
}

export type PlaceResult = ({ kind: 'placed' } & Placement) | { kind: 'refused'; why: 'nobody' | 'out-of-memory' };

export function placeStages(request: PlaceRequest): PlaceResult {
  const { manifest, candidates, contextTokens, rtt } = request;
  if (candidates.length === 0) return { kind: 'refused', why: 'nobody' };
  const context = ringContext(manifest, candidates, contextTokens, rtt);
  const fewest = holdWithFewest(context);
  if (!fewest) return { kind: 'refused', why: 'out-of-memory' };
  const chosen = chooseRing(context, fewest);
  if (!chosen) return { kind: 'refused', why: 'out-of-memory' };
  const kept = keepCurrent(context, request.current, chosen);
  const ring = cutEvenly(context, kept ?? chosen);
  return {
    kind: 'placed',
    stages: ring.order.map((index, at) => ({ candidate: candidates[index]!, ...ring.ranges[at]! })),
    prediction: predictPlaced(context, ring),
    farthestRttMs: ring.farthestRttMs,
    isInteractive: ring.isInteractive,
    reason: explain(context, ring, { fewest: fewest.length, isKept: kept !== undefined && kept !== chosen }),
  };
}

/** If one device holds the model the fastest such one does, unless a ring of others is faster by far. */
function chooseRing(context: RingContext, fewest: readonly number[]): Ring | undefined {
  if (fewest.length > 1) return chooseMembers(context, fewest);
  let solo: Ring | undefined;
  for (let index = 0; index < context.candidates.length; index += 1) {
    const ring = ringInOrder(context, [index]);
    if (ring && (!solo || ring.lapMs < solo.lapMs)) solo = ring;
  }
  // No ring of two or more computes less than all layers on the fastest of all would, nor handles less than twice.
  const leastMs =
    Math.min(...context.msPerLayer) * (context.layers + context.headLayers) + 2 * Math.min(...context.handlingMs);
  if (solo && solo.lapMs <= leastMs * WORTH_CHANGE) return solo;
  const ring = chooseMembers(context, fewest);
  return ring && (!solo || scoreRing(ring, 1) < scoreRing(solo, 1)) ? ring : solo;
}

function keepCurrent(context: RingContext, current: readonly PeerId[] | undefined, chosen: Ring): Ring | undefined {
  if (!current || current.length === 0) return undefined;
  const indexOf = new Map(context.candidates.map(({ peer }, index) => [peer, index]));
  const order = current.map((peer) => indexOf.get(peer));
  if (order.some((index) => index === undefined) || new Set(order).size !== order.length) return undefined;
  const ring = ringInOrder(context, order as number[]);
  if (!ring || (chosen.isInteractive && !ring.isInteractive)) return undefined;
  return ring.lapMs < chosen.lapMs * WORTH_CHANGE ? ring : undefined;
}

/** A short lap (sum of compute, ways and handling), and the stages even as far as LAP_SLACK allows. */
function cutEvenly(context: RingContext, ring: Ring): Ring {
  if (ring.order.length === 1) return ring;
  const cut = evenCut(context, ring.order, ring.lapMs * LAP_SLACK);
  return cut ? describeRing(context, ring.order, cut) : ring;
}

function predictPlaced(context: RingContext, ring: Ring): RingPrediction {
  const { order, ranges } = ring;
  const hops = order.map((member, at) => context.rttMs(member, order[(at + 1) % order.length]!) / 2);
  const isExit = (at: number): boolean => at === order.length - 1;
  return predictRing({
    stages: order.map((index, at) => ({
      layers: ranges[at]!.end - ranges[at]!.start + (isExit(at) ? context.headLayers : 0),
      msPerLayer: context.msPerLayer[index]!,
      handlingMs: context.handlingMs[index]!,
    })),
    hopsMs: hops.slice(0, -1),
    returnHopMs: hops.at(-1) ?? 0,
  });
}

function explain(context: RingContext, ring: Ring, { fewest, isKept }: { fewest: number; isKept: boolean }): string {
  const { order, lapMs, computeMs, hopsMs, handlingMs } = ring;
  const bytes = gigabytes(context.bytesOf(0, context.layers));
  const reserve = context.candidates.length - order.length;
  const lap = `a lap takes ${milliseconds(lapMs)}: ${milliseconds(computeMs)} computing, ${milliseconds(hopsMs)} on the way, ${milliseconds(handlingMs)} handling`;
  const sentences: string[] = [];
  if (order.length === 1) sentences.push(`One tab holds all of the ${bytes}, so nothing travels; ${lap}.`);
  else if (order.length === fewest)
    sentences.push(`${order.length} tabs are the fewest that hold the ${bytes}; ${lap}.`);
  else
    sentences.push(
      `${order.length} tabs where ${fewest} would hold the ${bytes}, since a lap is so much shorter; ${lap}.`,
    );
  if (isKept) sentences.push('Those that serve stay: no other ring is a fifth faster.');
  if (order.some((member, at) => !context.isKnown(member, order[(at + 1) % order.length]!)))
    sentences.push('Some ways were never measured and are assumed.');
  if (!ring.isInteractive)
    sentences.push(
      `For batches only: ${milliseconds(hopsMs)} of ways per lap and ${milliseconds(ring.farthestRttMs)} between two of them, where ${MAX_LAP_HOPS_MS} and ${MAX_PAIR_RTT_MS} are the most that a person should wait for.`,
    );
  if (reserve > 0) sentences.push(`${tabs(reserve)} in reserve.`);
  return sentences.join(' ');
}
