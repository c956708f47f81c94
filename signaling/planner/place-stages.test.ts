import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capability } from '../../protocol/control.ts';
import { holdWithFewest } from './hold-model.ts';
import { rangeBytes } from './partition-layers.ts';
import { type PlaceRequest, type PlaceResult, placeStages } from './place-stages.ts';
import { type Candidate, ringContext } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';
import { EIGHT_B, peerOf, randomWorld, SEVENTY_B, SMALL } from './test-peers.ts';

const CONTEXT_TOKENS = 4096;

const tab = (index: number, fields: Partial<Capability> = {}): Candidate => ({
  peer: peerOf(index),
  capability: { backend: 'webgpu', msPerLayer: 2, memoryBytes: 3e9, device: '', ...fields },
});
const place = (fields: Partial<PlaceRequest>): Extract<PlaceResult, { kind: 'placed' }> => {
  const result = placeStages({
    manifest: EIGHT_B,
    candidates: [],
    contextTokens: CONTEXT_TOKENS,
    rtt: () => 20,
    ...fields,
  });
  if (result.kind === 'refused') throw new Error(result.why);
  return result;
};
const seatsOf = ({ stages }: { stages: readonly { candidate: Candidate; start: number; end: number }[] }): string[] =>
  stages.map(({ candidate, start, end }) => `${Number.parseInt(candidate.peer, 16) - 1}:${start}-${end}`);
const membersOf = (placed: Parameters<typeof seatsOf>[0]): number[] =>
  seatsOf(placed).map((seat) => Number(seat.split(':')[0]));

/** Every layer once, in order, each stage within its memory. */
function expectValid(request: PlaceRequest, result: PlaceResult): void {
  if (result.kind === 'refused') return;
  const bytesOf = rangeBytes(request.manifest, request.contextTokens);
  result.stages.forEach(({ start, end, candidate }, at) => {
    expect(start).toBe(at === 0 ? 0 : result.stages[at - 1]?.end);
    expect(end).toBeGreaterThan(start);
    expect(bytesOf(start, end)).toBeLessThanOrEqual(candidate.capability.memoryBytes);
  });
  expect(result.stages.at(-1)?.end).toBe(request.manifest.layers);
  expect(new Set(result.stages.map(({ candidate }) => candidate.peer)).size).toBe(result.stages.length);
}

describe('which devices', () => {
  it('takes the fastest one that holds everything', () => {
    const candidates = [
      tab(0, { msPerLayer: 5 }),
      tab(1, { msPerLayer: 3 }),
      tab(2, { msPerLayer: 1, memoryBytes: 2e8 }),
    ];
    const placed = place({ manifest: SMALL, candidates });
    expect(seatsOf(placed)).toEqual(['1:0-28']);
    expect(placed.prediction).toMatchObject({ hopsMs: 0 });
    expect(placed.reason).toBe(
      'One tab holds all of the 811 MB, so nothing travels; a lap takes 117 ms: 113 ms computing, 0 ms on the way, 4 ms handling. 2 tabs in reserve.',
    );
  });

  it('splits a model that one slow device would hold, when others are faster together by a fifth', () => {
    const candidates = [tab(0, { msPerLayer: 60, memoryBytes: 6e9 }), tab(1), tab(2)];
    expect(membersOf(place({ candidates })).sort()).toEqual([1, 2]);
    expect(place({ candidates }).reason).toContain('2 tabs where 1 would hold');
    // Not when the way costs what they win.
    const near = candidates.map(({ peer, capability }) => ({ peer, capability: { ...capability, msPerLayer: 2 } }));
    expect(membersOf(place({ candidates: near }))).toEqual([0]);
  });

  it('prefers near devices to far ones of the same make', () => {
    const candidates = [0, 1, 2, 3, 4, 5].map((index) => tab(index));
    const city = (peer: string): number => Number.parseInt(peer, 16) % 2;
    const placed = place({ candidates, rtt: (a, b) => (city(a) === city(b) ? 4 : 120) });
    const cities = placed.stages.map(({ candidate }) => city(candidate.peer));
    expect(new Set(cities).size).toBe(1);
  });

  it('leaves the interactive bounds only when it must, and says so', () => {
    const candidates = [
      tab(0),
      tab(1),
      tab(2, { memoryBytes: 2e9, msPerLayer: 6 }),
      tab(3, { memoryBytes: 2e9, msPerLayer: 6 }),
    ];
    const far = place({ candidates: candidates.slice(0, 2), rtt: () => 300 });
    expect(far).toMatchObject({ isInteractive: false, reason: expect.stringContaining('For batches only') });
    // 0 is near 2 and 3, and 300 ms from 1.
    const rtt = (a: string, b: string): number => ([a, b].includes(peerOf(1)) ? 300 : 20);
    const placed = place({ candidates, rtt });
    expect(placed.isInteractive).toBe(true);
    expect(membersOf(placed).sort()).toEqual([0, 2, 3]);
  });

  it('says why nothing can be placed', () => {
    const request = { manifest: EIGHT_B, contextTokens: CONTEXT_TOKENS };
    expect(placeStages({ ...request, candidates: [] })).toEqual({ kind: 'refused', why: 'nobody' });
    const small = [tab(0, { memoryBytes: 1e9 }), tab(1, { memoryBytes: 0 })];
    expect(placeStages({ ...request, candidates: small })).toEqual({ kind: 'refused', why: 'out-of-memory' });
  });
});

describe('the cut', () => {
  it('is nearly even for nearly equal tabs', () => {
    const placed = place({ candidates: [tab(0, { msPerLayer: 2 }), tab(1, { msPerLayer: 2.05 })] });
    // The head counts as 2.4 layers at the exit, which the faster one is.
    expect(seatsOf(placed)).toEqual(['1:0-17', '0:17-32']);
  });
});

describe('staying', () => {
  const pair = (ms: number): Candidate[] => [
    tab(0, { memoryBytes: 6e9 }),
    tab(1, { memoryBytes: 6e9, msPerLayer: ms }),
  ];

  it('keeps who serves unless another is a fifth faster', () => {
    expect(seatsOf(place({ candidates: pair(1.8) }))).toEqual(['1:0-32']);
    const kept = place({ candidates: pair(1.8), current: [peerOf(0)] });
    expect(seatsOf(kept)).toEqual(['0:0-32']);
    expect(kept.reason).toContain('stay');
    expect(seatsOf(place({ candidates: pair(1.5), current: [peerOf(0)] }))).toEqual(['1:0-32']);
  });

  it('lets members go that left, that hold it no more, or that are named twice', () => {
    expect(seatsOf(place({ candidates: pair(1.8), current: [peerOf(7)] }))).toEqual(['1:0-32']);
    const shrunk = [tab(0, { memoryBytes: 1e9 }), tab(1, { memoryBytes: 6e9 })];
    expect(seatsOf(place({ candidates: shrunk, current: [peerOf(0)] }))).toEqual(['1:0-32']);
    expect(seatsOf(place({ candidates: pair(1.8), current: [peerOf(0), peerOf(0)] }))).toEqual(['1:0-32']);
  });

  it('does not flap: 50 plans over jittering measures keep their members in order', () => {
    const { candidates, rtt } = randomWorld(8, 77);
    const cramped = candidates.map(({ peer, capability }) => ({
      peer,
      capability: { ...capability, memoryBytes: 1.6e9 },
    }));
    let current = place({ candidates: cramped, rtt }).stages.map(({ candidate }) => candidate.peer);
    let changes = 0;
    let wouldChange = 0;
    for (let turn = 0; turn < 50; turn += 1) {
      // Up to 8 % either way.
      const jitter = (salt: number): number => 1 + 0.08 * Math.sin(turn * 12.9898 + salt * 78.233);
      const measured = cramped.map(({ peer, capability }, index) => ({
        peer,
        capability: { ...capability, msPerLayer: capability.msPerLayer * jitter(index) },
      }));
      const noisy: PlaceRequest['rtt'] = (a, b) => (rtt(a, b) ?? 0) * jitter(a.charCodeAt(31) + b.charCodeAt(31));
      const next = place({ candidates: measured, rtt: noisy, current }).stages.map(({ candidate }) => candidate.peer);
      const fresh = place({ candidates: measured, rtt: noisy }).stages.map(({ candidate }) => candidate.peer);
      if (next.join() !== current.join()) changes += 1;
      if (fresh.join() !== current.join()) wouldChange += 1;
      current = next;
    }
    expect(changes).toBe(0);
    expect(wouldChange).toBeGreaterThan(0);
  });
});

describe('any pool', () => {
  const anyRequest = fc.record({
    tabs: fc.array(
      fc.record({
        memoryBytes: fc.integer({ min: 0, max: 9000 }),
        msPerLayer: fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), fc.constant(1e308)),
        backend: fc.constantFrom('wasm' as const, 'webgpu' as const),
      }),
      { maxLength: 11 },
    ),
    layerBytes: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 12 }),
    ends: fc.integer({ min: 0, max: 3000 }),
    rtts: fc.array(fc.option(fc.double({ min: 0, max: 2000, noNaN: true }), { nil: undefined }), {
      minLength: 9,
      maxLength: 9,
    }),
  });

  it('gets every layer once within every memory; and a plan whenever the devices hold the model', () => {
    const counts = { placed: 0, refused: 0 };
    fc.assert(
      fc.property(anyRequest, ({ tabs, layerBytes, ends, rtts }) => {
        const manifest = manifestOf({ layers: layerBytes.length, layerBytes, embeddingBytes: ends, headBytes: ends });
        const candidates = tabs.map((fields, index) => tab(index, fields));
        const rtt = (a: string, b: string): number | undefined =>
          rtts[(a.charCodeAt(31) + b.charCodeAt(31)) % rtts.length];
        const request: PlaceRequest = { manifest, candidates, contextTokens: 32, rtt };
        const result = placeStages(request);
        counts[result.kind] += 1;
        expectValid(request, result);
        const fewest = holdWithFewest(ringContext(manifest, candidates, 32, rtt));
        expect(result.kind === 'placed').toBe(fewest !== undefined);
        if (result.kind === 'placed') expect(result.stages.length).toBeGreaterThanOrEqual(fewest?.length ?? 0);
      }),
      { numRuns: 250 },
    );
    expect(Math.min(counts.placed, counts.refused)).toBeGreaterThan(30);
  });

  it('never takes more devices than the fewest where all are alike', () => {
    const alike = fc.record({
      count: fc.integer({ min: 1, max: 11 }),
      memoryBytes: fc.integer({ min: 2000, max: 20_000 }),
      layers: fc.integer({ min: 1, max: 12 }),
      rttMs: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(alike, ({ count, memoryBytes, layers, rttMs }) => {
        const manifest = manifestOf({ layers });
        const candidates = Array.from({ length: count }, (_, index) => tab(index, { memoryBytes }));
        const fewest = holdWithFewest(ringContext(manifest, candidates, 32));
        const result = placeStages({ manifest, candidates, contextTokens: 32, rtt: () => rttMs });
        if (result.kind === 'placed') expect(result.stages).toHaveLength(fewest?.length ?? 0);
      }),
    );
  });

  it.each([
    ['0.6B', SMALL],
    ['8B', EIGHT_B],
    ['70B', SEVENTY_B],
  ])('places a %s model among 1,000 peers', (_name, manifest) => {
    const { candidates, rtt } = randomWorld(1000, 5, 0.5);
    const request: PlaceRequest = { manifest, candidates, rtt, contextTokens: CONTEXT_TOKENS };
    const result = placeStages(request);
    expect(result).toMatchObject({ kind: 'placed', isInteractive: true });
    expectValid(request, result);
  });
});
