// Makes the best ring of given members: order by round trips, then who begins, then the cut. Pure.

import { MAX_LAP_HOPS_MS, MAX_PAIR_RTT_MS } from './bounds.ts';
import { cutForLatency, type LatencyCut } from './cut-for-latency.ts';
import { holdModel } from './hold-model.ts';
import { orderRing } from './order-ring.ts';
import type { LayerRange } from './partition-layers.ts';
import type { RingContext } from './ring-context.ts';

export interface Ring {
  /** Candidates from entry to exit. */
  order: number[];
  ranges: LayerRange[];
  computeMs: number;
  /** One way each, the return to the entry included: half of the round trips along the ring. */
  hopsMs: number;
  handlingMs: number;
  lapMs: number;
  farthestRttMs: number;
  /** Whether hops and pairs are within what an answer that a person waits for may take. */
  isInteractive: boolean;
}

/** The ring in exactly this order; undefined when it does not hold the model. */
export function ringInOrder(context: RingContext, order: readonly number[]): Ring | undefined {
  const cut = cutForLatency(context, order);
  return cut && describeRing(context, order, cut);
}

export function describeRing(context: RingContext, order: readonly number[], cut: LatencyCut): Ring {
  const rtts = order.map((member, at) => context.rttMs(member, order[(at + 1) % order.length]!));
  const hopsMs = rtts.reduce((total, rtt) => total + rtt / 2, 0);
  const handlingMs = order.reduce((total, member) => total + context.handlingMs[member]!, 0);
  const farthestRttMs = Math.max(...rtts);
  return {
    order: [...order],
    ranges: cut.ranges,
    computeMs: cut.sumMs,
    hopsMs,
    handlingMs,
    lapMs: cut.sumMs + hopsMs + handlingMs,
    farthestRttMs,
    isInteractive: hopsMs <= MAX_LAP_HOPS_MS && farthestRttMs <= MAX_PAIR_RTT_MS,
  };
}

/**
 * The shortest lap of these members, all of them. The way around is the shortest; of its starts and both directions, the one
 * whose cut computes least: entry and exit hold more than the others. When the shortest way fits at no start, an order
 * that does is improved by exchanging two at a time.
 */
export function shapeRing(context: RingContext, members: readonly number[]): Ring | undefined {
  const around = orderRing(members.length, (a, b) => context.rttMs(members[a]!, members[b]!));
  const way = around.map((index) => members[index]!);
  let best: { order: number[]; cut: LatencyCut } | undefined;
  for (const ring of way.length > 2 ? [way, [...way].reverse()] : [way]) {
    for (let start = 0; start < ring.length; start += 1) {
      const order = [...ring.slice(start), ...ring.slice(0, start)];
      const cut = cutForLatency(context, order);
      if (cut && (!best || cut.sumMs < best.cut.sumMs - 1e-9)) best = { order, cut };
    }
  }
  return best ? describeRing(context, best.order, best.cut) : shapeFromMemory(context, members);
}

/** Passes of exchanges; each tries every pair once. */
const MAX_PASSES = 3;

function shapeFromMemory(context: RingContext, members: readonly number[]): Ring | undefined {
  const held = holdModel(context, members);
  // A part that holds it alone is another set of members, looked at for itself.
  let ring = held?.length === members.length ? ringInOrder(context, held) : undefined;
  for (let pass = 0, better = true; ring && better && pass < MAX_PASSES; pass += 1) {
    better = false;
    for (let a = 0; a < members.length - 1; a += 1) {
      for (let b = a + 1; b < members.length; b += 1) {
        const order: number[] = [...ring.order];
        [order[a], order[b]] = [order[b]!, order[a]!];
        const other = ringInOrder(context, order);
        if (!other || other.lapMs >= ring.lapMs - 1e-9) continue;
        ring = other;
        better = true;
      }
    }
  }
  return ring;
}
