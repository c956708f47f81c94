import { describe, expect, it } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import { planPool } from './plan-pool.ts';
import { reckonPaces, slowDown } from './reckon-paces.ts';
import type { Candidate } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

const MANIFEST = manifestOf({ layers: 36, headBytes: 0 });

const tab = (index: number, msPerLayer: number): Candidate => ({
  peer: peerOf(index),
  capability: { msPerLayer, memoryBytes: 19_000, backend: 'wasm', device: 'one of equal ones' },
});
const pacesOf = (tabs: readonly Candidate[]): number[] => tabs.map(({ capability }) => capability.msPerLayer);
const seatsOf = (...ends: number[]): Seat[] =>
  ends.map((end, index) => ({
    ...{ peer: peerOf(index), start: ends[index - 1] ?? 0, end, backend: 'wasm', device: '' },
    ...{ totalBytes: 1, loadedBytes: 1, ready: true },
  }));

describe('reckonPaces', () => {
  it('takes tabs as the middle one as far as what they say may be noise', () => {
    expect(pacesOf(reckonPaces([tab(0, 1), tab(1, 16), tab(2, 16)]))).toEqual([4, 16, 16]);
    expect(pacesOf(reckonPaces([tab(0, 5), tab(1, 16), tab(2, 60)]))).toEqual([16, 16, 16]);
    expect(pacesOf(reckonPaces([tab(0, 16), tab(1, 16), tab(2, 160)]))).toEqual([16, 16, 40]);
    expect(pacesOf(reckonPaces([tab(0, 7)]))).toEqual([7]);
  });

  it('B12: three equal tabs whose probes a busy machine made up to four times as slow are cut evenly', () => {
    const noisy = [tab(0, 110), tab(1, 30), tab(2, 30)];
    const cutOf = (candidates: readonly Candidate[]): number[] => {
      const plan = planPool({ manifest: MANIFEST, candidates, rtt: () => 0 });
      return plan.kind === 'plan' ? plan.seats.map(({ start, end }) => end - start) : [];
    };
    expect(Math.max(...cutOf(noisy))).toBeGreaterThan(13);
    expect(cutOf(reckonPaces(noisy))).toEqual([12, 12, 12]);
  });
});

describe('slowDown', () => {
  const ring = (lapMs: number) => ({ manifest: MANIFEST, seats: seatsOf(18, 36), rtt: () => 0, lapMs });

  it('leaves all as they are while the lap took about what they say, or less', () => {
    for (const lapMs of [10, 362, 540]) {
      expect(pacesOf(slowDown([tab(0, 10), tab(1, 10), tab(2, 10)], ring(lapMs)))).toEqual([10, 10, 10]);
    }
  });

  it('makes those of the ring as many times slower as the lap was, and nobody else', () => {
    expect(pacesOf(slowDown([tab(0, 10), tab(1, 10), tab(2, 10)], ring(3_602)))).toEqual([100, 100, 10]);
  });
});
