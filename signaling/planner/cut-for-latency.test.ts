import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutForLatency, evenCut } from './cut-for-latency.ts';
import { type RingContext, ringContext } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

interface Tab {
  ms: number;
  memory: number;
}

const contextOf = (tabs: readonly Tab[], fields: Parameters<typeof manifestOf>[0]): RingContext =>
  ringContext(
    manifestOf({ sharedBytes: 0, embeddingBytes: 0, headBytes: 0, ...fields }),
    tabs.map(({ ms, memory }, index) => ({
      peer: peerOf(index),
      capability: { backend: 'wasm' as const, msPerLayer: ms, memoryBytes: memory, device: '' },
    })),
    1,
  );
const orderOf = (tabs: readonly Tab[]): number[] => tabs.map((_, index) => index);

function* allCuts(layers: number, stages: number, start = 0): Generator<[number, number][]> {
  if (stages === 1) yield [[start, layers]];
  else
    for (let end = start + 1; end <= layers - stages + 1; end += 1)
      for (const rest of allCuts(layers, stages - 1, end)) yield [[start, end], ...rest];
}

const anyCase = fc.record({
  tabs: fc.array(fc.record({ ms: fc.integer({ min: 1, max: 9 }), memory: fc.integer({ min: 300, max: 5000 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  layerBytes: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }),
  embeddingBytes: fc.integer({ min: 0, max: 900 }),
  headBytes: fc.integer({ min: 0, max: 900 }),
  sharedBytes: fc.integer({ min: 0, max: 90 }),
});

describe('cutForLatency', () => {
  it('equals the least sum of all cuts, and is undefined only when there is none', () => {
    let fits = 0;
    let fitsNot = 0;
    fc.assert(
      fc.property(anyCase, ({ tabs, layerBytes, ...bytes }) => {
        const context = contextOf(tabs, { layers: layerBytes.length, layerBytes, ...bytes });
        const sums: number[] = [];
        for (const cut of tabs.length <= layerBytes.length ? allCuts(layerBytes.length, tabs.length) : []) {
          if (cut.some(([start, end], at) => context.bytesOf(start, end) > tabs[at]!.memory)) continue;
          const ms = cut.reduce((sum, [start, end], at) => sum + (end - start) * tabs[at]!.ms, 0);
          sums.push(ms + context.headLayers * tabs.at(-1)!.ms);
        }
        const found = cutForLatency(context, orderOf(tabs));
        if (sums.length === 0) fitsNot += 1;
        else fits += 1;
        if (sums.length === 0) expect(found).toBeUndefined();
        else expect(found?.sumMs).toBeCloseTo(Math.min(...sums));
        found?.ranges.forEach(({ start, end }, at) => {
          expect(start).toBe(at === 0 ? 0 : found.ranges[at - 1]?.end);
          expect(end).toBeGreaterThan(start);
          expect(context.bytesOf(start, end)).toBeLessThanOrEqual(tabs[at]!.memory);
        });
        if (found) expect(found.ranges.at(-1)?.end).toBe(layerBytes.length);
      }),
      { numRuns: 400 },
    );
    expect(fits).toBeGreaterThan(40);
    expect(fitsNot).toBeGreaterThan(40);
  });

  it('keeps every stage below the cap', () => {
    const tabs = [1, 1.1, 4].map((ms) => ({ ms, memory: 1e9 }));
    const context = contextOf(tabs, { layers: 12 });
    expect(cutForLatency(context, [0, 1, 2], 6)).toMatchObject({
      slowestMs: 6,
      ranges: [{ end: 6 }, { end: 11 }, { end: 12 }],
    });
    expect(cutForLatency(context, [0, 1, 2], 3)).toBeUndefined();
  });
});

describe('evenCut', () => {
  const tabs = [
    { ms: 1, memory: 1e9 },
    { ms: 1.03, memory: 1e9 },
  ];

  it('does not give nearly everything to a tab that is 3 % faster', () => {
    const context = contextOf(tabs, { layers: 20 });
    expect(cutForLatency(context, [0, 1])?.ranges[0]).toEqual({ start: 0, end: 19 });
    expect(evenCut(context, [0, 1], 1)?.ranges[0]).toEqual({ start: 0, end: 10 });
  });

  it('pays no more than the slack for it', () => {
    const unequal = [tabs[0]!, { ms: 3, memory: 1e9 }];
    const context = contextOf(unequal, { layers: 20 });
    const least = cutForLatency(context, [0, 1])!;
    for (const slackMs of [0, 2, 5, 10, 1000]) {
      const cut = evenCut(context, [0, 1], slackMs)!;
      expect(cut.sumMs).toBeLessThanOrEqual(least.sumMs + slackMs);
      expect(cut.slowestMs).toBeLessThanOrEqual(least.slowestMs);
    }
    expect(evenCut(context, [0, 1], 1000)?.slowestMs).toBe(15);
  });

  it('counts the head where it is', () => {
    const context = contextOf([tabs[0]!, tabs[0]!], { layers: 10, headBytes: 4000 });
    expect(context.headLayers).toBe(4);
    expect(evenCut(context, [0, 1], 100)).toMatchObject({ ranges: [{ end: 7 }, { end: 10 }], slowestMs: 7 });
  });
});
