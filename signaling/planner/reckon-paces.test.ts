import { describe, expect, it } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import { planPool } from './plan-pool.ts';
import { expectLapMs, type PacedCandidate, reckonPaces, showPaces } from './reckon-paces.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

const MANIFEST = manifestOf({ layers: 36, headBytes: 0 });

const tab = (index: number, msPerLayer: number, shownMs?: number): PacedCandidate => ({
  peer: peerOf(index),
  capability: { msPerLayer, memoryBytes: 19_000, backend: 'wasm', device: 'one of equal ones' },
  ...(shownMs === undefined ? {} : { shownMs }),
});
const pacesOf = (tabs: readonly PacedCandidate[]): number[] =>
  reckonPaces(tabs).map(({ capability }) => capability.msPerLayer);
const seatsOf = (...ends: number[]): Seat[] =>
  ends.map((end, index) => ({
    ...{ peer: peerOf(index), start: ends[index - 1] ?? 0, end, backend: 'wasm', device: '' },
    ...{ totalBytes: 1, loadedBytes: 1, ready: true },
  }));
const ring = (...ends: number[]) => ({ manifest: MANIFEST, seats: seatsOf(...ends), rtt: () => 0 });

describe('reckonPaces', () => {
  it('takes who was shown as it was, and the others as the middle one as far as that may be noise', () => {
    expect(pacesOf([tab(0, 1), tab(1, 16), tab(2, 16)])).toEqual([4, 16, 16]);
    expect(pacesOf([tab(0, 5), tab(1, 16), tab(2, 60)])).toEqual([16, 16, 16]);
    expect(pacesOf([tab(0, 16), tab(1, 16), tab(2, 160)])).toEqual([16, 16, 40]);
    expect(pacesOf([tab(0, 1, 20), tab(1, 16, 16), tab(2, 16)])).toEqual([20, 16, 16]);
    expect(pacesOf([tab(0, 7)])).toEqual([7]);
  });

  it('B12: three equal tabs whose probes a busy machine made up to four times as slow are cut evenly', () => {
    const noisy = [tab(0, 110), tab(1, 30), tab(2, 30)];
    const cutOf = (candidates: readonly PacedCandidate[]): number[] => {
      const plan = planPool({ manifest: MANIFEST, candidates, rtt: () => 0 });
      return plan.kind === 'plan' ? plan.seats.map(({ start, end }) => end - start) : [];
    };
    expect(Math.max(...cutOf(noisy))).toBeGreaterThan(13);
    expect(cutOf(reckonPaces(noisy))).toEqual([12, 12, 12]);
  });
});

describe('showPaces', () => {
  const said = () => 10;
  const nobody = () => undefined;

  it('believes what the lap confirms, noise included, and nobody more than the lap took', () => {
    expect(expectLapMs(ring(18, 36), said)).toBe(362);
    expect(showPaces(ring(18, 36), 400, { said, known: nobody })).toEqual([10, 10]);
    expect(showPaces(ring(18, 36), 90, { said, known: nobody })).toEqual([5, 5]);
  });

  it('blames nobody where nobody was shown before', () => {
    expect(showPaces(ring(18, 36), 3_600, { said, known: nobody })).toEqual([undefined, undefined]);
  });

  it('lets those that are new share what the lap took longer', () => {
    const known = ({ peer }: Seat) => (peer === peerOf(0) ? 10 : undefined);
    // 180 ms are the first one's, 2 handling: the rest of the lap is the second's.
    expect(showPaces(ring(18, 36), 180 + 2 + 1_800, { said, known })).toEqual([10, 100]);
    const [, second, third] = showPaces(ring(12, 24, 36), 120 + 3 + 1_200, { said, known });
    expect([second, third]).toEqual([50, 50]);
  });

  it('leaves all as they were where all were shown', () => {
    expect(showPaces(ring(18, 36), 9_000, { said, known: () => 10 })).toEqual([10, 10]);
  });
});
