// Sets of positions as sorted ranges `[from, to)` that neither touch nor overlap. Pure.

export interface Range {
  from: number;
  to: number;
}

/** What both cover; `to <= from` when nothing. */
export const overlap = (a: Range, b: Range): Range => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

/** The parts of `range` that `ranges` covers. */
export const overlaps = (ranges: readonly Range[], range: Range): Range[] =>
  ranges.map((each) => overlap(each, range)).filter(({ from, to }) => from < to);

/** The parts of `range` that `ranges` does not cover. */
export function uncovered(ranges: readonly Range[], range: Range): Range[] {
  const rest: Range[] = [];
  let { from } = range;
  for (const each of ranges) {
    if (each.to <= from) continue;
    if (each.from >= range.to) break;
    if (each.from > from) rest.push({ from, to: each.from });
    from = each.to;
  }
  if (from < range.to) rest.push({ from, to: range.to });
  return rest;
}

/** Both together. */
export function cover(ranges: readonly Range[], range: Range): Range[] {
  if (range.to <= range.from) return [...ranges];
  const apart = ranges.filter(({ from, to }) => to < range.from || from > range.to);
  const touching = ranges.filter((each) => !apart.includes(each));
  const from = Math.min(range.from, ...touching.map((each) => each.from));
  const to = Math.max(range.to, ...touching.map((each) => each.to));
  return [...apart, { from, to }].sort((a, b) => a.from - b.from);
}
