import { describe, expect, it } from 'vitest';
import { commonDominator, findDominators } from './find-dominators.ts';

describe('findDominators', () => {
  it.each<[string, number[][], number[]]>([
    ['a chain', [[], [0], [1], [2]], [0, 0, 1, 2]],
    ['a diamond', [[], [0], [0], [1, 2]], [0, 0, 0, 0]],
    // 1 is the stream, 2 and 3 a branch, 4 the sum, 5 a second branch, 6 its sum.
    ['two residual sums', [[], [0], [1], [2], [1, 3], [4], [4, 5]], [0, 0, 1, 2, 1, 4, 4]],
    ['a skip past a sum', [[], [0], [1], [1, 2], [3, 1]], [0, 0, 1, 1, 1]],
    ['an edge given twice', [[], [0], [1, 1]], [0, 0, 1]],
  ])('of %s', (_, predecessors, expected) => {
    expect(findDominators(predecessors)).toEqual(expected);
  });

  it('agrees with the definition on seeded random graphs', () => {
    let state = 12345;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 50; round++) {
      const predecessors = Array.from({ length: 14 }, (_, node) =>
        node === 0 ? [] : Array.from({ length: 1 + random(3) }, () => random(node)),
      );
      const dominators = findDominators(predecessors);
      for (let node = 1; node < predecessors.length; node++) {
        // By definition: nodes without which the root is cut off; the immediate one is the latest of them.
        const all = Array.from({ length: node }, (_, other) => other).filter(
          (other) => !reaches(predecessors, node, other),
        );
        expect(dominators[node]).toBe(all.at(-1) ?? 0);
      }
    }
  });
});

/** Whether a path from the root to `node` avoids `without`; the root itself counts as unavoidable. */
function reaches(predecessors: number[][], node: number, without: number): boolean {
  if (node === without) return false;
  return node === 0 || predecessors[node]!.some((from) => reaches(predecessors, from, without));
}

it('commonDominator climbs to where two paths meet', () => {
  const dominators = [0, 0, 1, 2, 1, 4];
  expect(commonDominator(dominators, 3, 5)).toBe(1);
  expect(commonDominator(dominators, 2, 3)).toBe(2);
  expect(commonDominator(dominators, 4, 4)).toBe(4);
});
