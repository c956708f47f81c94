import { expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { fitPeers } from './fit-peers.ts';
import { partitionLayers, type StageCapacity } from './partition-layers.ts';
import { manifestOf } from './test-manifest.ts';

const manifest = manifestOf({ layers: 3, embeddingBytes: 5000, headBytes: 0, maxContext: 1 });
const stage = (memoryBytes: number): StageCapacity => ({ msPerLayer: 1, memoryBytes });

it.each([
  ['all of them', [6200, 1200, 1200], [0, 1, 2]],
  ['skips a first one that cannot hold the embedding', [2000, 7300, 1200], [1, 2]],
  ['none when the end is out of reach', [6200, 1000], []],
  ['none when there are none', [], []],
  ['one that holds everything', [1, 99_999, 1], [1]],
])('%s', (_name, memories, expected) => {
  expect(fitPeers(manifest, memories.map(stage), 1)).toEqual(expected);
});

it('equals brute force over every subset of 300 random pools', () => {
  const random = seededRandom(11);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  let partial = 0;
  for (let round = 0; round < 300; round += 1) {
    const layers = between(1, 6);
    const layerBytes = Array.from({ length: layers }, () => between(1, 500));
    const model = manifestOf({ layers, layerBytes, embeddingBytes: between(0, 900), headBytes: between(0, 900) });
    const stages = Array.from({ length: between(1, 5) }, () => stage(between(150, 2500)));
    const subsets = Array.from({ length: 2 ** stages.length }, (_, bits) =>
      stages.filter((_stage, index) => (bits >> index) & 1),
    );
    const sizes = subsets.filter((subset) => partitionLayers(model, subset, 1).feasible).map(({ length }) => length);
    const most = Math.max(0, ...sizes);
    const chosen = fitPeers(model, stages, 1);
    expect(chosen).toHaveLength(most);
    if (most > 0)
      expect(
        partitionLayers(
          model,
          chosen.map((index) => stages[index]!),
          1,
        ).feasible,
      ).toBe(true);
    if (most > 0 && most < stages.length) partial += 1;
  }
  expect(partial).toBeGreaterThan(30);
});
