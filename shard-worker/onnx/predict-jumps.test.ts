import { describe, expect, it } from 'vitest';
import { predictJumps } from './predict-jumps.ts';

/** Offsets reached from 1000 on by going these distances. */
function land(distances: number[]): number[] {
  const landings = [1000];
  for (const distance of distances) landings.push(landings.at(-1)! + distance);
  return landings;
}

describe('predictJumps', () => {
  it.each<[string, number[], number[]]>([
    ['nothing at first', [], []],
    ['nothing while nothing repeats', [10_000, 20_000, 30_000, 40_000, 50_000], []],
    ['one distance after it came often enough', [500, 500, 500, 500], [500, 500, 500]],
    ['a period of layers', [9e5, 1e5, 2e5, 3e5, 1e5, 2e5, 3e5], [1e5, 2e5, 3e5]],
    ['a period that has equal distances in it', [1e5, 1e5, 1e5, 7e5, 1e5, 1e5, 1e5, 7e5, 1e5], [1e5, 1e5, 7e5]],
    [
      'the period that fits for longest, not the first that fits',
      [1e5, 1e5, 1e5, 1e5, 7e5, 1e5, 1e5, 1e5, 1e5],
      [7e5, 1e5, 1e5],
    ],
    ['the latest length of a name', [1e5, 2e5, 1e5 + 5, 2e5 + 5, 1e5 + 6], [2e5 + 5, 1e5 + 6, 2e5 + 5]],
  ])('%s', (_, seen, expected) => {
    const landings = land(seen);
    const predicted = predictJumps(landings, 3);
    expect(predicted).toEqual(land([...seen, ...expected]).slice(landings.length));
  });
});
