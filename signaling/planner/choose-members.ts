// Chooses which devices make the ring: the fewest that hold the model, unless one more makes it faster by a fifth. Pure.
import { MAX_STAGES } from '../../protocol/limits.ts';
import { EXACT_CANDIDATES, MAX_SEEDS, WORTH_CHANGE } from './bounds.ts';
import { type RingContext, reachOf } from './ring-context.ts';
import { type Ring, shapeRing } from './shape-ring.ts';

/** Nearest candidates of a neighbourhood among which the roomiest are taken. */
const NEAR = 24;

/** What rings are compared by: beyond the fewest, each device must shorten the lap by WORTH_CHANGE. Less is better. */
export const scoreRing = (ring: Ring, fewest: number): number =>
  ring.lapMs * WORTH_CHANGE ** (ring.order.length - fewest) * (ring.isInteractive ? 1 : 1e6);

/**
 * The best ring of all candidates; `fewest` is an order that holds the model with the fewest devices. Up to EXACT_CANDIDATES
 * every subset is looked at. With more, at most MAX_SEEDS neighbourhoods: around each, the candidates that cost least
 * per layer they bring (compute, plus their share of the way to the seed), and the roomiest of the nearest; then every
 * subset of the best neighbourhood's shortlist. That is a heuristic: nothing is proved of it beyond EXACT_CANDIDATES, but it is
 * never worse than the ring of `fewest`, and the bench measures how far it is from looking at everything.
 */
export function chooseMembers(context: RingContext, fewest: readonly number[]): Ring | undefined {
  const all = Array.from(context.candidates, (_, index) => index);
  if (all.length <= EXACT_CANDIDATES) return bestSubset(context, all, fewest.length);
  let best = shapeRing(context, fewest);
  let shortlist: number[] = [];
  const capacities = capacitiesOf(context);
  const useful = all.filter((index) => capacities[index]! > 0);
  const rttsFrom = rememberRtts(context, useful);
  for (const seed of seedsOf(context, useful, capacities, fewest.length, rttsFrom)) {
    const near = rankAround(context, useful, capacities, seed, rttsFrom(seed));
    for (const members of [
      cheapestThatHold(context, near.byCost, capacities),
      roomiestOf(context, near.byRtt, fewest),
    ]) {
      const ring = members && shapeRing(context, members);
      if (!ring || (best && scoreRing(ring, fewest.length) >= scoreRing(best, fewest.length))) continue;
      best = ring;
      shortlist = near.byCost;
    }
  }
  if (!best || best.order.length > EXACT_CANDIDATES - 1) return best;
  const pool = [...new Set([...best.order, ...shortlist])].slice(0, EXACT_CANDIDATES).sort((a, b) => a - b);
  const refined = bestSubset(context, pool, fewest.length);
  return refined && scoreRing(refined, fewest.length) < scoreRing(best, fewest.length) ? refined : best;
}

/** The best of all subsets with at least `fewest` members. Ties go to the earliest candidates. */
function bestSubset(context: RingContext, pool: readonly number[], fewest: number): Ring | undefined {
  let best: Ring | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let size = fewest; size <= Math.min(pool.length, context.layers); size += 1) {
    for (let bits = 1; bits < 1 << pool.length; bits += 1) {
      const members = pool.filter((_, index) => (bits >> index) & 1);
      if (members.length !== size || leastScore(context, members, fewest) >= bestScore) continue;
      const ring = shapeRing(context, members);
      if (!ring || scoreRing(ring, fewest) >= bestScore) continue;
      best = ring;
      bestScore = scoreRing(ring, fewest);
    }
  }
  return best;
}

/** No ring of these members scores less: all layers on the fastest but one layer each, and no way at all. */
function leastScore(context: RingContext, members: readonly number[], fewest: number): number {
  let fastest = Number.POSITIVE_INFINITY;
  let total = 0;
  for (const member of members) {
    const ms = context.msPerLayer[member]!;
    fastest = Math.min(fastest, ms);
    total += ms + context.handlingMs[member]!;
  }
  total += fastest * (context.layers + context.headLayers - members.length);
  return total * WORTH_CHANGE ** (members.length - fewest);
}

/** Layers from the middle of the model that each candidate could take. */
function capacitiesOf(context: RingContext): Int16Array {
  const start = context.layers > 2 ? 1 : 0;
  const capacity = (memory: number): number => Math.max(0, reachOf(context, start, memory) - start);
  return Int16Array.from(context.memoryBytes, capacity);
}

/** Cost of a layer at a candidate if it were filled: compute, and its share of `wayMs`. */
const costPerLayer = (context: RingContext, capacity: number, index: number, wayMs: number): number =>
  context.msPerLayer[index]! + (wayMs + context.handlingMs[index]!) / Math.max(1, capacity);

/** Round trips from one candidate to all, asked for once: the estimator answers a thousand in a millisecond. */
function rememberRtts(context: RingContext, useful: readonly number[]): (from: number) => Float64Array {
  const rows = new Map<number, Float64Array>();
  return (from) => {
    const row = rows.get(from) ?? new Float64Array(context.candidates.length);
    if (!rows.has(from)) for (const to of useful) row[to] = context.rttMs(from, to);
    rows.set(from, row);
    return row;
  };
}

/** Half by cost, a quarter by memory, the rest spread out: each is the farthest from those before it. */
function seedsOf(
  context: RingContext,
  useful: readonly number[],
  capacities: Int16Array,
  fewest: number,
  rttsFrom: (from: number) => Float64Array,
): number[] {
  // Shaping long rings takes longer: look at fewer.
  const most = fewest > EXACT_CANDIDATES ? MAX_SEEDS / 4 : MAX_SEEDS;
  const cost = (index: number): number => costPerLayer(context, capacities[index]!, index, 0);
  const byCost = [...useful].sort((a, b) => cost(a) - cost(b)).slice(0, most / 2);
  const byMemory = [...useful].sort((a, b) => context.memoryBytes[b]! - context.memoryBytes[a]!).slice(0, most / 4);
  const seeds = [...new Set([...byCost, ...byMemory])];
  const apart = Float64Array.from(context.candidates, () => Number.POSITIVE_INFINITY);
  for (let at = 0; at < seeds.length && seeds.length < most; at += 1) {
    const rtts = rttsFrom(seeds[at]!);
    let farthest = -1;
    for (const index of useful) {
      apart[index] = Math.min(apart[index]!, rtts[index]!);
      if (farthest < 0 || apart[index]! > apart[farthest]!) farthest = index;
    }
    if (at >= most / 2 - 1 && farthest >= 0 && !seeds.includes(farthest)) seeds.push(farthest);
  }
  return seeds;
}

function rankAround(
  context: RingContext,
  useful: readonly number[],
  capacities: Int16Array,
  seed: number,
  rtts: Float64Array,
): { byCost: number[]; byRtt: number[] } {
  const costs = new Float64Array(context.candidates.length);
  for (const index of useful) {
    costs[index] = costPerLayer(context, capacities[index]!, index, rtts[index]! / 2);
  }
  const others = useful.filter((index) => index !== seed);
  const byCost = others.sort((a, b) => costs[a]! - costs[b]! || a - b).slice(0, MAX_STAGES);
  const byRtt = [...others].sort((a, b) => rtts[a]! - rtts[b]! || a - b).slice(0, NEAR);
  return { byCost: [seed, ...byCost], byRtt: [seed, ...byRtt] };
}

/** From the cheapest on until their room is enough, then without those that are not needed, the dearest first. */
function cheapestThatHold(
  context: RingContext,
  byCost: readonly number[],
  capacities: Int16Array,
): number[] | undefined {
  const { manifest, layers } = context;
  const layerBytes = Math.max(1, (context.bytesOf(0, layers) - manifest.embeddingBytes - manifest.headBytes) / layers);
  const needed = layers + (manifest.embeddingBytes + manifest.headBytes) / layerBytes;
  const members: number[] = [];
  let room = 0;
  for (const index of byCost) {
    if (room >= needed || members.length === layers) break;
    members.push(index);
    room += capacities[index]!;
  }
  for (let at = members.length - 1; at >= 0; at -= 1) {
    const capacity = capacities[members[at]!]!;
    if (room - capacity < needed) continue;
    room -= capacity;
    members.splice(at, 1);
  }
  return room >= needed ? members : undefined;
}

/** As many of the nearest as the model needs at least, by memory. */
function roomiestOf(context: RingContext, byRtt: readonly number[], fewest: readonly number[]): number[] | undefined {
  if (byRtt.length < fewest.length) return undefined;
  return [...byRtt].sort((a, b) => context.memoryBytes[b]! - context.memoryBytes[a]!).slice(0, fewest.length);
}
