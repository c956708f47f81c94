// Whether some devices hold a model in any order, and how few do. Pure. Only memory counts here.
import { MAX_STAGES } from '../../protocol/limits.ts';
import { EXACT_HOLD } from './bounds.ts';
import { type RingContext, reachOf } from './ring-context.ts';

/**
 * An order in which `members` hold every layer, or a part of them does; undefined when there is none. Exact up to
 * EXACT_HOLD members: from further on one never reaches less far, so the furthest that each subset reaches is enough to know.
 * Beyond, ends that lose least by what they hold besides layers, the rest from roomy to small: exact where layers weigh the
 * same.
 */
export function holdModel(context: RingContext, members: readonly number[]): number[] | undefined {
  return members.length <= EXACT_HOLD ? holdExactly(context, members) : holdByEnds(context, members);
}

function holdExactly(context: RingContext, members: readonly number[]): number[] | undefined {
  const count = members.length;
  const furthest = new Int16Array(1 << count);
  const last = new Int8Array(1 << count).fill(-1);
  for (let set = 1; set < 1 << count; set += 1) {
    furthest[set] = -1;
    for (let at = 0; at < count; at += 1) {
      const before = set & ~(1 << at);
      if (before === set || furthest[before]! < 0) continue;
      const start = furthest[before]!;
      const reach = reachOf(context, start, context.memoryBytes[members[at]!]!);
      // A member that adds no layer is no stage.
      if (reach === start || reach <= furthest[set]!) continue;
      furthest[set] = reach;
      last[set] = at;
    }
    if (furthest[set] !== context.layers) continue;
    const order: number[] = [];
    for (let left = set; left !== 0; left &= ~(1 << last[left]!)) order.unshift(members[last[left]!]!);
    return order;
  }
  return undefined;
}

/** Ends tried where not all can be: those that lose least by holding the embedding or the head. */
const ENDS = 4;

function holdByEnds(context: RingContext, members: readonly number[]): number[] | undefined {
  const { memoryBytes, layers } = context;
  const roomy = [...members].sort((a, b) => memoryBytes[b]! - memoryBytes[a]!);
  const middle = layers >> 1;
  // Where layers weigh the same the whole reach is that of all in the middle, less what the two ends lose.
  const leastLoss = (countOf: (memory: number) => number): number[] =>
    roomy
      .filter((index) => countOf(memoryBytes[index]!) > 0)
      .map((index) => ({ index, loss: midCount(context, middle, memoryBytes[index]!) - countOf(memoryBytes[index]!) }))
      .sort((a, b) => a.loss - b.loss)
      .slice(0, ENDS)
      .map(({ index }) => index);
  const entries = leastLoss((memory) => reachOf(context, 0, memory));
  const exits = leastLoss((memory) => exitCount(context, memory));
  for (const entry of entries) {
    for (const exit of exits) {
      if (exit === entry) continue;
      const order = [entry];
      let end = reachOf(context, 0, memoryBytes[entry]!);
      for (const index of roomy) {
        if (end === layers || reachOf(context, end, memoryBytes[exit]!) === layers) break;
        if (index === entry || index === exit) continue;
        const reach = reachOf(context, end, memoryBytes[index]!);
        if (reach > end) order.push(index);
        end = reach;
      }
      if (end < layers) {
        end = reachOf(context, end, memoryBytes[exit]!);
        order.push(exit);
      }
      if (end === layers) return order;
    }
  }
  return undefined;
}

/** Layers from the middle on, the head left out; more than half of the model is counted as half. */
const midCount = (context: RingContext, middle: number, memory: number): number =>
  Math.min(context.layers - 1, reachOf(context, middle, memory)) - middle;

/** Layers that a tab holds together with the head. */
function exitCount({ layers, bytesOf }: RingContext, memory: number): number {
  let count = 0;
  while (count < layers && bytesOf(layers - count - 1, layers) <= memory) count += 1;
  return count;
}

/**
 * The fewest devices that hold the model, in an order that does; undefined when all together do not. A device can always be
 * replaced by one that lends more, so the roomiest n hold it if any n do, and then so do the roomiest n + 1: the
 * search steps further and further, then halves the last step.
 */
export function holdWithFewest(context: RingContext): number[] | undefined {
  const { memoryBytes, bytesOf, layers, manifest } = context;
  const all = Array.from(context.candidates, (_, index) => index);
  const roomy = all.sort((a, b) => memoryBytes[b]! - memoryBytes[a]! || a - b).slice(0, Math.min(MAX_STAGES, layers));
  const tryCount = (count: number): number[] | undefined => holdModel(context, roomy.slice(0, count));
  // Fewer bytes than the layers weigh hold them in no order.
  let lacking = 0;
  for (let room = 0, whole = bytesOf(0, layers) - manifest.sharedBytes; lacking < roomy.length; lacking += 1) {
    room += Math.max(0, memoryBytes[roomy[lacking]!]! - manifest.sharedBytes);
    if (room >= whole) break;
  }
  let found: number[] | undefined;
  for (let step = 1; !found && lacking < roomy.length; step *= 2) {
    const count = Math.min(roomy.length, lacking + step);
    found = tryCount(count);
    if (!found) lacking = count;
  }
  while (found && found.length - lacking > 1) {
    const count = (lacking + found.length) >> 1;
    const order = tryCount(count);
    if (order) found = order;
    else lacking = count;
  }
  return found;
}
