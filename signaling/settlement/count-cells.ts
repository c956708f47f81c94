// Counts positions that are due and covered, each as often as both are. Counts ranges, never single positions. Pure.

/** Positions `[from, to)`. */
export interface Range {
  from: number;
  to: number;
}

/** The sum over positions of `min(how often it is due, how often it is covered)`. */
export function countCovered(due: readonly Range[], covers: readonly Range[]): number {
  const edges = [...new Set([...due, ...covers].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  let sum = 0;
  for (let index = 1; index < edges.length; index += 1) {
    const [from, to] = [edges[index - 1]!, edges[index]!];
    sum += Math.min(depthAt(due, from), depthAt(covers, from)) * (to - from);
  }
  return sum;
}

export const countAll = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);

const depthAt = (ranges: readonly Range[], position: number): number =>
  ranges.reduce((depth, { from, to }) => (from <= position && position < to ? depth + 1 : depth), 0);

/** `ranges` without the positions of `others`; disjoint, in order. */
export function subtractRanges(ranges: readonly Range[], others: readonly Range[]): Range[] {
  let rest = [...ranges].filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from);
  for (const other of others) {
    if (other.from >= other.to) continue;
    rest = rest.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, other.from) },
        { from: Math.max(from, other.to), to },
      ].filter((part) => part.from < part.to),
    );
  }
  return rest;
}

export const intersectRanges = (ranges: readonly Range[], others: readonly Range[]): Range[] =>
  subtractRanges(ranges, subtractRanges(ranges, others));
