import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Range } from './cell-ranges.ts';
import { addCover, emptyLevels, missingIn, takeCover } from './cover-depth.ts';

const SPAN = 24;
const ranges = fc.array(
  fc.tuple(fc.nat(SPAN), fc.nat(SPAN)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  { maxLength: 12 },
);
/** How often each position is in these ranges. */
const count = (list: readonly Range[]): number[] =>
  Array.from({ length: SPAN }, (_, at) => list.filter(({ from, to }) => from <= at && at < to).length);
const atMost = (depth: number, counts: readonly number[]): number[] => counts.map((each) => Math.min(each, depth));

test('a cover counts until the depth is reached', () => {
  const levels = emptyLevels(2);
  expect(addCover(levels, { from: 0, to: 10 })).toEqual([{ from: 0, to: 10 }]);
  expect(addCover(levels, { from: 5, to: 15 }).sort((a, b) => a.from - b.from)).toEqual([
    { from: 5, to: 10 },
    { from: 10, to: 15 },
  ]);
  expect(addCover(levels, { from: 5, to: 10 })).toEqual([]);
});

test('as counting each position does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), ranges, ranges, (depth, due, also) => {
      const levels = emptyLevels(depth);
      const fresh = due.flatMap((range) => addCover(levels, range));
      expect(count(fresh)).toEqual(atMost(depth, count(due)));
      expect(count(levels.flat())).toEqual(count(fresh));
      for (const level of levels) {
        for (const [index, range] of level.entries()) {
          expect(range.from).toBeLessThan(range.to);
          if (index > 0) expect(level[index - 1]!.to).toBeLessThan(range.from);
        }
      }
      const more = emptyLevels(depth);
      for (const range of [...due, ...also]) addCover(more, range);
      const missing = missingIn(more, levels);
      const before = count(missing.flat());
      const both = atMost(depth, count([...due, ...also]));
      expect(before).toEqual(both.map((each, at) => each - Math.min(depth, count(due)[at]!)));
      const taken = takeCover(missing, { from: 3, to: 9 });
      expect(count(taken)).toEqual(before.map((each, at) => (at >= 3 && at < 9 ? Math.min(each, 1) : 0)));
      expect(count(missing.flat())).toEqual(before.map((each, at) => each - count(taken)[at]!));
    }),
    { numRuns: 300 },
  );
});
