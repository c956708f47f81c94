import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdModel, holdWithFewest } from './hold-model.ts';
import { type RingContext, reachOf, ringContext } from './ring-context.ts';
import { manifestOf } from './test-manifest.ts';
import { peerOf } from './test-peers.ts';

const contextOf = (memories: readonly number[], fields: Parameters<typeof manifestOf>[0]): RingContext =>
  ringContext(
    manifestOf({ sharedBytes: 0, ...fields }),
    memories.map((memoryBytes, index) => ({
      peer: peerOf(index),
      capability: { backend: 'wasm' as const, msPerLayer: 1, memoryBytes, device: '' },
    })),
    1,
  );

function* arrangements(count: number, chosen: number[] = []): Generator<number[]> {
  yield chosen;
  for (let next = 0; next < count; next += 1) if (!chosen.includes(next)) yield* arrangements(count, [...chosen, next]);
}

/** Each in turn takes all that it can: no order holds the model if that one does not. */
function holds(context: RingContext, order: readonly number[]): boolean {
  let end = 0;
  for (const index of order) {
    const reach = reachOf(context, end, context.memoryBytes[index]!);
    if (reach === end) return false;
    end = reach;
  }
  return end === context.layers;
}

const anyCase = fc.record({
  memories: fc.array(fc.integer({ min: 200, max: 3000 }), { minLength: 1, maxLength: 5 }),
  layerBytes: fc.array(fc.integer({ min: 100, max: 900 }), { minLength: 1, maxLength: 8 }),
  embeddingBytes: fc.integer({ min: 0, max: 900 }),
  headBytes: fc.integer({ min: 0, max: 900 }),
  sharedBytes: fc.integer({ min: 0, max: 90 }),
});

describe('holdWithFewest', () => {
  it('never takes more devices than the best of all arrangements, and finds one whenever there is one', () => {
    const seen = new Map<number, number>();
    fc.assert(
      fc.property(anyCase, ({ memories, layerBytes, ...bytes }) => {
        const context = contextOf(memories, { layers: layerBytes.length, layerBytes, ...bytes });
        const enough = [...arrangements(memories.length)].filter((order) => holds(context, order));
        const least = Math.min(...enough.map(({ length }) => length));
        const found = holdWithFewest(context);
        seen.set(found?.length ?? 0, (seen.get(found?.length ?? 0) ?? 0) + 1);
        if (enough.length === 0) expect(found).toBeUndefined();
        else expect(found).toHaveLength(least);
        if (found) expect(holds(context, found)).toBe(true);
      }),
      { numRuns: 300 },
    );
    // Each is seen some twenty times: a run without any would say nothing of it.
    for (const count of [0, 1, 2, 3]) expect(seen.get(count)).toBeGreaterThan(0);
  });

  it('puts the roomy one where the embedding is', () => {
    // 700 + 100 at the entry: only the last one can begin.
    const context = contextOf([320, 320, 950], {
      layers: 8,
      layerBytes: Array(8).fill(90),
      embeddingBytes: 700,
      headBytes: 0,
    });
    expect(holdWithFewest(context)?.[0]).toBe(2);
  });

  it('counts a tied embedding once when one device holds everything', () => {
    const tied = { layers: 2, layerBytes: [100, 100], embeddingBytes: 500, headBytes: 500, tiedBytes: 500, headDim: 1 };
    expect(holdWithFewest(contextOf([716], tied))).toEqual([0]);
    expect(holdWithFewest(contextOf([715], tied))).toBeUndefined();
  });
});

describe('many devices', () => {
  it('finds the exact count where layers weigh the same: 40 layers, two to a device, the ends one each', () => {
    const fields = { layers: 40, layerBytes: Array(40).fill(92), embeddingBytes: 100, headBytes: 100 };
    const context = contextOf(Array(30).fill(250), fields);
    expect(holdWithFewest(context)).toHaveLength(21);
    expect(holdWithFewest(contextOf(Array(20).fill(250), fields))).toBeUndefined();
  });

  it('answers soon where bytes would do but whole layers do not', () => {
    // 64 devices of 1.9 layers each hold 64 layers of 100.
    const memories = Array.from({ length: 64 }, (_, index) => 185 + (index % 10));
    const context = contextOf(memories, {
      layers: 100,
      layerBytes: Array(100).fill(92),
      embeddingBytes: 9,
      headBytes: 9,
    });
    const startedMs = performance.now();
    expect(holdWithFewest(context)).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it('agrees with the exact search where both can be asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 200, max: 900 }), { minLength: 13, maxLength: 13 }), (memories) => {
        const fields = { layers: 30, layerBytes: Array(30).fill(92), embeddingBytes: 150, headBytes: 120 };
        const context = contextOf([...memories, 1], fields);
        const order = holdModel(
          context,
          Array.from({ length: 14 }, (_, index) => index),
        );
        if (order) expect(holds(context, order)).toBe(true);
        // Whoever cannot hold one layer is never of use, so that 12 of 13 are within the exact bound.
        const twelve = Array.from({ length: 12 }, (_, index) => index);
        if (holdModel(context, twelve)) expect(order).toBeDefined();
      }),
      { numRuns: 50 },
    );
  });
});
