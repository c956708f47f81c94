import { describe, expect, it } from 'vitest';
import { kvBytesPerLayer, stageBytes } from '../../protocol/manifest.ts';
import { seededRandom } from '../../protocol/test-random.ts';
import { type LayerRange, partitionLayers, rangeBytes, type StageCapacity } from './partition-layers.ts';
import { manifestOf } from './test-manifest.ts';

const CONTEXT = 8;
const roomy = (msPerLayer: number): StageCapacity => ({ msPerLayer, memoryBytes: 1e12 });

/** Every way to cut `layers` into `stages` non-empty ranges. */
function* allCuts(layers: number, stages: number, start = 0): Generator<LayerRange[]> {
  if (stages === 1) {
    yield [{ start, end: layers }];
    return;
  }
  for (let end = start + 1; end <= layers - stages + 1; end += 1) {
    for (const rest of allCuts(layers, stages - 1, end)) yield [{ start, end }, ...rest];
  }
}

const times = (ranges: readonly LayerRange[], stages: readonly StageCapacity[]): number[] =>
  ranges.map((range, index) => (range.end - range.start) * (stages[index]?.msPerLayer ?? 0));
const sumOfSquares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

describe('partitionLayers', () => {
  it.each([
    ['one stage holds everything', 4, [1], [[0, 4]]],
    [
      'equal tabs get equal shares',
      6,
      [1, 1, 1],
      [
        [0, 2],
        [2, 4],
        [4, 6],
      ],
    ],
    [
      'the odd layer goes to the earliest',
      7,
      [1, 1, 1],
      [
        [0, 3],
        [3, 5],
        [5, 7],
      ],
    ],
    [
      'a tab twice as slow gets half',
      6,
      [1, 2],
      [
        [0, 4],
        [4, 6],
      ],
    ],
    [
      'a very slow tab still gets one',
      5,
      [1, 100],
      [
        [0, 4],
        [4, 5],
      ],
    ],
    [
      'as many tabs as layers',
      3,
      [9, 1, 5],
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
  ])('%s', (_name, layers, speeds, expected) => {
    const result = partitionLayers(manifestOf({ layers }), speeds.map(roomy), CONTEXT);
    expect(result).toMatchObject({ feasible: true, ranges: expected.map(([start, end]) => ({ start, end })) });
  });

  it('evens out the stages that are not the slowest', () => {
    // The first stage takes 10 ms for its one layer whatever happens; the others share 6 layers evenly below that.
    const result = partitionLayers(manifestOf({ layers: 7 }), [roomy(10), roomy(1), roomy(1)], CONTEXT);
    expect(result).toMatchObject({ slowestMs: 10, ranges: [{ end: 1 }, { start: 1, end: 4 }, { start: 4, end: 7 }] });
  });

  it('puts layers where there is memory, though that is slower', () => {
    const manifest = manifestOf({ layers: 6 });
    const bytesOf = rangeBytes(manifest, CONTEXT);
    const stages = [{ msPerLayer: 1, memoryBytes: bytesOf(0, 1) }, roomy(3)];
    expect(partitionLayers(manifest, stages, CONTEXT)).toMatchObject({
      ranges: [{ end: 1 }, { start: 1 }],
      slowestMs: 15,
    });
  });

  it('counts weights, embedding, head and one session of KV cache to the byte', () => {
    const manifest = manifestOf({ layers: 2 });
    const needs = stageBytes(manifest, 0, 2) + 2 * kvBytesPerLayer(manifest, CONTEXT);
    expect(partitionLayers(manifest, [{ msPerLayer: 1, memoryBytes: needs }], CONTEXT).feasible).toBe(true);
    expect(partitionLayers(manifest, [{ msPerLayer: 1, memoryBytes: needs - 1 }], CONTEXT)).toEqual({
      feasible: false,
      reason: 'out-of-memory',
      missingBytes: 1,
    });
  });

  it('names why there is no cut', () => {
    const manifest = manifestOf({ layers: 2 });
    expect(partitionLayers(manifest, [])).toEqual({ feasible: false, reason: 'no-stages' });
    expect(partitionLayers(manifest, [roomy(1), roomy(1), roomy(1)])).toMatchObject({
      reason: 'more-stages-than-layers',
    });
  });

  it('equals brute force on 400 random pools', () => {
    const random = seededRandom(7);
    const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
    let infeasible = 0;
    for (let round = 0; round < 400; round += 1) {
      const layers = between(1, 8);
      const layerBytes = Array.from({ length: layers }, () => between(1, 500));
      const manifest = manifestOf({ layers, layerBytes, embeddingBytes: between(0, 900), headBytes: between(0, 900) });
      const bytesOf = rangeBytes(manifest, 1);
      const stages = Array.from({ length: between(1, Math.min(4, layers)) }, () => ({
        msPerLayer: between(1, 5),
        memoryBytes: between(200, 4000),
      }));
      const cuts = [...allCuts(layers, stages.length)];
      const shortBy = (cut: LayerRange[]): number =>
        cut.reduce((sum, r, i) => sum + Math.max(0, bytesOf(r.start, r.end) - (stages[i]?.memoryBytes ?? 0)), 0);
      const fitting = cuts.filter((cut) => shortBy(cut) === 0).map((cut) => times(cut, stages));
      const result = partitionLayers(manifest, stages, 1);
      if (fitting.length === 0) {
        infeasible += 1;
        expect(result).toEqual({
          feasible: false,
          reason: 'out-of-memory',
          missingBytes: Math.min(...cuts.map(shortBy)),
        });
        continue;
      }
      const slowestMs = Math.min(...fitting.map((ms) => Math.max(...ms)));
      const squares = Math.min(...fitting.filter((ms) => Math.max(...ms) === slowestMs).map(sumOfSquares));
      if (!result.feasible) throw new Error('a cut exists');
      expect(shortBy(result.ranges)).toBe(0);
      expect(Math.max(...times(result.ranges, stages))).toBe(slowestMs);
      expect(result.slowestMs).toBe(slowestMs);
      expect(sumOfSquares(times(result.ranges, stages))).toBe(squares);
    }
    expect(infeasible).toBeGreaterThan(20);
    expect(infeasible).toBeLessThan(380);
  });

  it('cuts 200 layers over 64 stages in well under a second', () => {
    const random = seededRandom(3);
    const stages = Array.from({ length: 64 }, () => roomy(1 + random() * 20));
    const startedMs = performance.now();
    const result = partitionLayers(manifestOf({ layers: 200 }), stages, CONTEXT);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    if (!result.feasible) throw new Error('a cut exists');
    expect(result.ranges).toHaveLength(64);
    expect(result.ranges.at(-1)?.end).toBe(200);
    result.ranges.forEach((range, index) => {
      expect(range.start).toBe(index === 0 ? 0 : result.ranges[index - 1]?.end);
      expect(range.end).toBeGreaterThan(range.start);
    });
  });
});

it('counts the bytes that a stage fetches, and its KV cache', () => {
  const ends = { layerBytes: [10, 20, 30, 40, 50], embeddingBytes: 700, headBytes: 600, sharedBytes: 3 };
  const tied = manifestOf({ layers: 5, ...ends, tiedBytes: 500 });
  const bytesOf = rangeBytes(tied, 100);
  for (let start = 0; start < 5; start++) {
    for (let end = start + 1; end <= 5; end++) {
      expect(bytesOf(start, end)).toBe(stageBytes(tied, start, end) + (end - start) * kvBytesPerLayer(tied, 100));
    }
  }
});
