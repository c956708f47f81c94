// How often each position is covered, up to a depth: level k holds the positions that are covered more than k times. Pure
// but for the levels that it is given.
import { cover, overlaps, type Range, uncovered } from './cell-ranges.ts';

/** From the first cover on; as many as there are choices. */
export type Levels = Range[][];

export const emptyLevels = (depth: number): Levels => Array.from({ length: depth }, () => []);

/** Covers the range once more. Gives the parts where that still counted, some of them perhaps in several pieces. */
export function addCover(levels: Levels, range: Range): Range[] {
  const fresh: Range[] = [];
  let rest = [range];
  for (const [index, level] of levels.entries()) {
    const covered = rest.flatMap((each) => overlaps(level, each));
    const free = rest.flatMap((each) => uncovered(level, each));
    levels[index] = free.reduce(cover, level);
    fresh.push(...free);
    rest = covered;
  }
  return fresh;
}

/** What `due` covers and `paid` does not, level by level. */
export const missingIn = (due: Levels, paid: Levels): Levels =>
  due.map((level, index) => level.flatMap((range) => uncovered(paid[index] ?? [], range)));

/** Takes one cover of the range away where there is one, and gives those parts. */
export function takeCover(levels: Levels, range: Range): Range[] {
  const taken: Range[] = [];
  let rest = [range];
  for (const [index, level] of levels.entries()) {
    const here = rest.flatMap((each) => overlaps(level, each));
    rest = rest.flatMap((each) => uncovered(level, each));
    levels[index] = level.flatMap((each) => uncovered(here, each));
    taken.push(...here);
  }
  return taken;
}
