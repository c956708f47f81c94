import { expect, it } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import type { LayerRange } from './partition-layers.ts';
import { planReserve, type ReserveCandidate } from './plan-reserve.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

/** The head weighs most, then the embedding. */
const MANIFEST = manifestOf({ layers: 6, headBytes: 9_000 });

const tab = (index: number, fields: Partial<ReserveCandidate['capability']> & { warm?: LayerRange } = {}) => {
  const { warm, ...capability } = fields;
  const device = { msPerLayer: 1, memoryBytes: 1e6, backend: 'wasm', device: `device ${index}` } as const;
  return { peer: peerOf(index), capability: { ...device, ...capability }, ...(warm ? { warm } : {}) };
};
const SERVING = [tab(0), tab(1), tab(2)];
const SEATS: Seat[] = [0, 1, 2].map((index) => ({
  ...{ peer: peerOf(index), start: 2 * index, end: 2 * index + 2, backend: 'wasm', device: 'x' },
  ...{ totalBytes: 2_000, loadedBytes: 2_000, ready: true },
}));

const planned = (...reserve: ReserveCandidate[]): string[] =>
  [...planReserve(MANIFEST, SEATS, [...SERVING, ...reserve], reserve)].map(
    ([peer, { start, end }]) => `${Number.parseInt(peer, 16) - 1}:${start}-${end}`,
  );

it('holds first what would take longest to load, then each seat once before any twice', () => {
  expect(planned(tab(7))).toEqual(['7:4-6']);
  expect(planned(tab(7), tab(8), tab(9))).toEqual(['7:4-6', '8:0-2', '9:2-4']);
  expect(planned(tab(7), tab(8), tab(9), tab(10))[3]).toBe('10:4-6');
});

it('asks no tab for what its memory or its pace cannot bear', () => {
  expect(planned(tab(7, { memoryBytes: 4_000 }))).toEqual(['7:2-4']);
  expect(planned(tab(7, { memoryBytes: 1_000 }), tab(8, { msPerLayer: 2.5 }))).toEqual([]);
});

it('leaves what a tab holds already, unless a seat is held by nobody and another one would have two', () => {
  const held = { start: 0, end: 2 };
  expect(planned(tab(7, { warm: held }))).toEqual(['7:0-2']);
  // Whatever its pace is taken for since.
  expect(planned(tab(7, { warm: held, msPerLayer: 9 }))).toEqual(['7:0-2']);
  expect(planned(tab(8), tab(7, { warm: held }))).toEqual(['7:0-2', '8:4-6']);
  expect(planned(tab(7, { warm: held }), tab(8, { warm: held }))).toEqual(['7:0-2', '8:4-6']);
  expect(planned(tab(7, { warm: { start: 1, end: 3 } }))).toEqual(['7:4-6']);
});
