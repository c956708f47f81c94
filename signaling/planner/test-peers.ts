// Made-up devices around a made-up world, the same for the same seed. Used by tests and benches only.
import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { seededRandom } from '../../protocol/test-random.ts';
import type { Candidate, RttOf } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';

export const peerOf = (index: number): PeerId => (index + 1).toString(16).padStart(32, '0') as PeerId;

/** An 8B decoder in 4 bits: 32 layers of 121 MB, embedding and head of 295 MB each, grouped-query KV cache in fp16. */
export const EIGHT_B: ModelManifest = manifestOf({
  layers: 32,
  hiddenSize: 4096,
  vocabSize: 128_256,
  activation: 'float16',
  kvHeads: 8,
  headDim: 128,
  maxContext: 131_072,
  layerBytes: Array.from({ length: 32 }, () => 121e6),
  embeddingBytes: 295e6,
  headBytes: 295e6,
  sharedBytes: 1e6,
});

/** A 0.6B decoder in 4 bits: 28 layers of 9 MB, and a tied embedding that weighs a third of it all. */
export const SMALL: ModelManifest = manifestOf({
  layers: 28,
  hiddenSize: 1024,
  vocabSize: 151_936,
  activation: 'float16',
  kvHeads: 8,
  headDim: 128,
  maxContext: 40_960,
  layerBytes: Array.from({ length: 28 }, () => 9e6),
  embeddingBytes: 88e6,
  headBytes: 88e6,
  sharedBytes: 1e6,
  tiedBytes: 88e6,
});

/** A 70B decoder in 4 bits: 80 layers of 481 MB. Needs a dozen tabs. */
export const SEVENTY_B: ModelManifest = manifestOf({
  ...EIGHT_B,
  layers: 80,
  hiddenSize: 8192,
  layerBytes: Array.from({ length: 80 }, () => 481e6),
  embeddingBytes: 590e6,
  headBytes: 590e6,
});

export interface World {
  candidates: Candidate[];
  rtt: RttOf;
}

/**
 * Tabs in a dozen cities on a plane of 200 by 100 ms, up to five behind one router; phones, laptops and desktops in equal parts.
 * `knownShare` of the pairs have a round trip.
 */
export function randomWorld(count: number, seed: number, knownShare = 1): World {
  const random = seededRandom(seed);
  const cities = Array.from({ length: 12 }, () => ({ x: random() * 200, y: random() * 100 }));
  const routers = Array.from({ length: Math.ceil(count / 3) }, () => {
    const city = cities[Math.floor(random() * cities.length)]!;
    return { x: city.x + random() * 8, y: city.y + random() * 8, lineMs: 1 + random() * 12 };
  });
  const kinds = [
    { backend: 'wasm', ms: [8, 30], gigabytes: [0.3, 1.2] },
    { backend: 'webgpu', ms: [1.5, 6], gigabytes: [1, 4] },
    { backend: 'webgpu', ms: [0.4, 2], gigabytes: [2, 4] },
  ] as const;
  const between = ([low, high]: readonly [number, number]): number => low + random() * (high - low);
  const homes: number[] = [];
  const candidates = Array.from({ length: count }, (_, index): Candidate => {
    homes.push(Math.floor(random() * routers.length));
    const kind = kinds[Math.floor(random() * kinds.length)]!;
    const capability = {
      backend: kind.backend,
      msPerLayer: between(kind.ms),
      memoryBytes: Math.round(between(kind.gigabytes) * 1e9),
      device: `device ${index}`,
    };
    return { peer: peerOf(index), capability };
  });
  const rtt: RttOf = (a, b) => {
    const one = Number.parseInt(a.slice(-8), 16) - 1;
    const two = Number.parseInt(b.slice(-8), 16) - 1;
    // The same for both directions, without a table of all pairs.
    const mixed = Math.imul(Math.min(one, two) * 65_537 + Math.max(one, two) + seed, 0x9e3779b1) >>> 0;
    if (mixed / 2 ** 32 >= knownShare) return undefined;
    if (homes[one] === homes[two]) return 1.5;
    const here = routers[homes[one]!]!;
    const there = routers[homes[two]!]!;
    return Math.hypot(here.x - there.x, here.y - there.y) + here.lineMs + there.lineMs;
  };
  return { candidates, rtt };
}
