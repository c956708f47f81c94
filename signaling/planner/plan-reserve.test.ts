import { expect, it } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import type { LayerRange } from './partition-layers.ts';
import { planReserve, type ReserveCandidate } from './plan-reserve.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

/** The head weighs most, then the embedding: seats of 11,100, 5,100 and 2,100 bytes, and 512 for the sessions of one. */
const MANIFEST = manifestOf({ layers: 6, headBytes: 9_000 });
const SESSIONS = 512;

type Warm = LayerRange & { hasFailed?: true };
const tab = (index: number, fields: Partial<ReserveCandidate['capability']> & { warm?: Warm[] } = {}) => {
  const { warm, ...capability } = fields;
  const device = { msPerLayer: 1, memoryBytes: 1e6, backend: 'wasm', device: `device ${index}` } as const;
  return { peer: peerOf(index), capability: { ...device, ...capability }, ...(warm ? { warm } : {}) };
};
const SERVING = [tab(0), tab(1), tab(2)];
const SEATS: Seat[] = [0, 1, 2].map((index) => ({
  ...{ peer: peerOf(index), start: 2 * index, end: 2 * index + 2, backend: 'wasm', device: 'x' },
  ...{ totalBytes: 2_000, loadedBytes: 2_000, ready: true },
}));
const [ENTRY, MIDDLE, EXIT] = [
  { start: 0, end: 2 },
  { start: 2, end: 4 },
  { start: 4, end: 6 },
];

const planned = (...reserve: ReserveCandidate[]): string[] =>
  [...planReserve(MANIFEST, SEATS, [...SERVING, ...reserve], reserve)].map(
    ([peer, layers]) =>
      `${Number.parseInt(peer, 16) - 1}: ${layers.map(({ start, end }) => `${start}-${end}`).join(' ')}`,
  );

it('holds first what would take longest to load, then each seat once before any twice, and spreads them', () => {
  expect(planned(tab(7))).toEqual(['7: 4-6 0-2 2-4']);
  expect(planned(tab(7), tab(8))).toEqual(['7: 4-6 2-4', '8: 0-2']);
  expect(planned(tab(7), tab(8), tab(9))).toEqual(['7: 4-6', '8: 0-2', '9: 2-4']);
  expect(planned(tab(7), tab(8), tab(9), tab(10))[3]).toBe('10: 4-6');
});

it('asks no tab for what its memory or its pace cannot bear', () => {
  expect(planned(tab(7, { memoryBytes: 11_100 + 2_100 + SESSIONS }))).toEqual(['7: 4-6 2-4']);
  expect(planned(tab(7, { memoryBytes: 11_100 + 2_100 + SESSIONS - 1 }))).toEqual(['7: 4-6']);
  expect(planned(tab(7, { memoryBytes: 2_100 + SESSIONS }))).toEqual(['7: 2-4']);
  expect(planned(tab(7, { memoryBytes: 1_000 }), tab(8, { msPerLayer: 2.5 }))).toEqual([]);
});

it('leaves what a tab holds already, whatever its pace is taken for since', () => {
  expect(planned(tab(7, { warm: [ENTRY!], msPerLayer: 9 }))).toEqual(['7: 0-2']);
  expect(planned(tab(8), tab(7, { warm: [ENTRY!] }))).toEqual(['8: 4-6 2-4', '7: 0-2']);
  expect(planned(tab(7, { warm: [ENTRY!] }), tab(8, { warm: [ENTRY!] }))).toEqual(['7: 0-2 2-4', '8: 4-6 0-2']);
  expect(planned(tab(7, { warm: [{ start: 1, end: 3 }] }))).toEqual(['7: 4-6 0-2 2-4']);
});

it('gives its memory to a seat that nobody holds, before one that is held twice', () => {
  const memoryBytes = 11_100 + SESSIONS;
  const [one, other] = [tab(7, { warm: [ENTRY!], memoryBytes }), tab(8, { warm: [ENTRY!], memoryBytes })];
  expect(planned(one, other)).toEqual(['7: 0-2 2-4', '8: 4-6']);
});

it('asks for nothing again that a tab could not have', () => {
  const failed = { ...EXIT!, hasFailed: true as const };
  expect(planned(tab(7, { warm: [failed] }))).toEqual(['7: 0-2 2-4']);
  expect(planned(tab(7, { warm: [failed] }), tab(8, { warm: [MIDDLE!] }))).toEqual(['7: 0-2', '8: 2-4 4-6']);
});
