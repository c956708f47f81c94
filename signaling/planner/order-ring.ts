// The shortest ring through some nodes. Pure. Direction and start are the caller's to choose: they change no sum.
import { EXACT_RING } from './bounds.ts';

/**
 * Indices 0..count-1 in the order of the ring, starting at 0, with the least sum of `costOf` over neighbours, last to first
 * included. `costOf` is symmetric. Exact up to EXACT_RING nodes (Held, Karp, J. SIAM 10, 1962); beyond, nearest neighbour
 * from each start, improved by 2-opt. Of equal rings the earliest indices come first.
 */
export function orderRing(count: number, costOf: (from: number, to: number) => number): number[] {
  const identity = Array.from({ length: count }, (_, index) => index);
  // Up to three nodes there is one ring.
  if (count <= 3) return identity;
  const costs = new Float64Array(count * count);
  for (let from = 0; from < count; from += 1) {
    for (let to = 0; to < count; to += 1) costs[from * count + to] = from === to ? 0 : costOf(from, to);
  }
  const found = count <= EXACT_RING ? heldKarp(count, costs) : nearestThenTwoOpt(count, costs);
  return ringCost(found, count, costs) < ringCost(identity, count, costs) ? found : identity;
}

function ringCost(order: readonly number[], count: number, costs: Float64Array): number {
  let total = 0;
  for (let at = 0; at < count; at += 1) total += costs[order[at]! * count + order[(at + 1) % count]!]!;
  return total;
}

function heldKarp(count: number, costs: Float64Array): number[] {
  // Node 0 is the start; sets are of the nodes 1.., as bits.
  const rest = count - 1;
  const sets = 1 << rest;
  const best = new Float64Array(sets * rest).fill(Number.POSITIVE_INFINITY);
  const from = new Int8Array(sets * rest).fill(-1);
  for (let last = 0; last < rest; last += 1) best[(1 << last) * rest + last] = costs[last + 1]!;
  for (let set = 1; set < sets; set += 1) {
    for (let last = 0; last < rest; last += 1) {
      const soFar = best[set * rest + last]!;
      if (soFar === Number.POSITIVE_INFINITY) continue;
      for (let next = 0; next < rest; next += 1) {
        if ((set >> next) & 1) continue;
        const at = (set | (1 << next)) * rest + next;
        const cost = soFar + costs[(last + 1) * count + next + 1]!;
        if (cost >= best[at]!) continue;
        best[at] = cost;
        from[at] = last;
      }
    }
  }
  let set = sets - 1;
  let last = 0;
  for (let end = 1; end < rest; end += 1) {
    const closed = (node: number): number => best[set * rest + node]! + costs[node + 1]!;
    if (closed(end) < closed(last)) last = end;
  }
  const order: number[] = [];
  while (last >= 0) {
    order.unshift(last + 1);
    const before = from[set * rest + last]!;
    set &= ~(1 << last);
    last = before;
  }
  return [0, ...order];
}

function nearestThenTwoOpt(count: number, costs: Float64Array): number[] {
  let best: number[] = [];
  let bestCost = Number.POSITIVE_INFINITY;
  for (let start = 0; start < count; start += 1) {
    const order = nearestNeighbour(start, count, costs);
    const cost = ringCost(order, count, costs);
    if (cost < bestCost) [best, bestCost] = [order, cost];
  }
  twoOpt(best, count, costs);
  const zero = best.indexOf(0);
  return [...best.slice(zero), ...best.slice(0, zero)];
}

function nearestNeighbour(start: number, count: number, costs: Float64Array): number[] {
  const order = [start];
  const seen = new Uint8Array(count);
  seen[start] = 1;
  while (order.length < count) {
    const last = order.at(-1)!;
    let next = -1;
    for (let node = 0; node < count; node += 1) {
      if (!seen[node] && (next < 0 || costs[last * count + node]! < costs[last * count + next]!)) next = node;
    }
    seen[next] = 1;
    order.push(next);
  }
  return order;
}

/** Turns stretches around in place while that shortens the ring. Each pass takes O(count²); passes are bounded. */
function twoOpt(order: number[], count: number, costs: Float64Array): void {
  const costAt = (from: number, to: number): number => costs[order[from]! * count + order[to % count]!]!;
  for (let pass = 0, better = true; better && pass < count; pass += 1) {
    better = false;
    for (let low = 0; low < count - 1; low += 1) {
      for (let high = low + 1; high < count; high += 1) {
        if (low === 0 && high === count - 1) continue;
        const saved = costAt(low, low + 1) + costAt(high, high + 1) - costAt(low, high) - costAt(low + 1, high + 1);
        if (saved <= 1e-9) continue;
        order.splice(low + 1, high - low, ...order.slice(low + 1, high + 1).reverse());
        better = true;
      }
    }
  }
}
