import { describe, expect, it } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import { fillSeats, mirrorSeats } from './fill-seats.ts';
import type { Candidate } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

const MANIFEST = manifestOf({ layers: 6 });

const tab = (index: number, fields: Partial<Candidate['capability']> = {}): Candidate => ({
  peer: peerOf(index),
  capability: { msPerLayer: 1, memoryBytes: 1e6, backend: 'wasm', device: `device ${index}`, ...fields },
});

/** Two layers each, at tabs 0, 1, 2. */
const SEATS: Seat[] = [0, 1, 2].map((index) => ({
  ...{ peer: peerOf(index), start: 2 * index, end: 2 * index + 2, backend: 'wasm', device: `device ${index}` },
  ...{ totalBytes: 2_000, loadedBytes: 2_000, ready: true },
}));

const filled = (...candidates: Candidate[]): string[] | undefined =>
  fillSeats(MANIFEST, SEATS, candidates)?.map(
    ({ peer, start, end, ready }) => `${Number.parseInt(peer, 16) - 1}:${start}-${end}${ready ? ' ready' : ''}`,
  );

describe('fillSeats', () => {
  it.each([0, 1, 2])('seat %i is lost: the others keep theirs, and everybody says anew that it is ready', (lost) => {
    const others = [tab(0), tab(1), tab(2)].filter((_, index) => index !== lost);
    const expected = ['0:0-2', '1:2-4', '2:4-6'].map((seat, index) => (index === lost ? `7${seat.slice(1)}` : seat));
    expect(filled(...others, tab(7))).toEqual(expected);
  });

  it('weighs a seat as it is for the model', () => {
    const [entry] = fillSeats(MANIFEST, SEATS, [tab(1), tab(2), tab(7)])!;
    expect(entry).toMatchObject({ device: 'device 7', totalBytes: 5_100, loadedBytes: 0 });
  });

  it('takes the quickest, of equal ones the earliest, and nobody twice', () => {
    expect(filled(tab(0), tab(2), tab(7), tab(8, { msPerLayer: 0.5 }))).toEqual(['0:0-2', '8:2-4', '2:4-6']);
    expect(filled(tab(0), tab(8), tab(7))).toEqual(['0:0-2', '8:2-4', '7:4-6']);
  });

  it('leaves it to a new plan when nobody was lost or left, or nobody in reserve has the memory or the speed', () => {
    expect(filled(tab(0), tab(1), tab(2), tab(7))).toBeUndefined();
    expect(filled(tab(7), tab(8), tab(9))).toBeUndefined();
    expect(filled(tab(0), tab(2))).toBeUndefined();
    expect(filled(tab(0), tab(7))).toBeUndefined();
    expect(filled(tab(0), tab(2), tab(7, { memoryBytes: 1_000 }))).toBeUndefined();
    expect(filled(tab(0), tab(2), tab(7, { msPerLayer: 2.1 }))).toBeUndefined();
    expect(filled(tab(0), tab(2), tab(7, { msPerLayer: 2 }))).toBeDefined();
  });

  it('asks one that holds the layers for its memory alone: it goes on at once', () => {
    const warm = [{ start: 2, end: 4, isReady: true }];
    const slow = (more = {}) => ({ ...tab(7, { msPerLayer: 9, ...more }), warm });
    expect(filled(tab(0), tab(2), slow())).toEqual(['0:0-2', '7:2-4', '2:4-6']);
    expect(filled(tab(0), tab(2), slow({ memoryBytes: 1_000 }))).toBeUndefined();
    expect(filled(tab(1), tab(2), slow())).toBeUndefined();
  });
});

describe('mirrorSeats', () => {
  const warm = (index: number, starts: number[], isReady = true, msPerLayer = 1) => ({
    ...tab(index, { msPerLayer }),
    warm: starts.map((start) => ({ start, end: start + 2, isReady })),
  });
  const mirrored = (...spares: Parameters<typeof mirrorSeats>[1]): string[] | undefined =>
    mirrorSeats(SEATS, spares)?.map(({ peer, start, end }) => `${Number.parseInt(peer, 16) - 1}:${start}-${end}`);

  it('gives each seat to a tab that holds its layers, and the only holder of one to that one', () => {
    expect(mirrored(warm(5, [0, 2, 4]), warm(6, [0]), warm(7, [0, 4]))).toEqual(['6:0-2', '5:2-4', '7:4-6']);
  });

  it('takes the quicker of two', () => {
    const [slow, quick] = [warm(5, [0], true, 3), warm(8, [0], true, 1)];
    expect(mirrored(slow, quick, warm(6, [2]), warm(7, [4]))![0]).toBe('8:0-2');
  });

  it('is none where a seat’s layers are nobody’s, still load, or are with a tab that has another seat', () => {
    expect(mirrored(warm(5, [0]), warm(6, [2]))).toBeUndefined();
    expect(mirrored(warm(5, [0]), warm(6, [2]), warm(7, [4], false))).toBeUndefined();
    expect(mirrored(warm(5, [0, 2]), warm(6, [4]))).toBeUndefined();
  });
});
