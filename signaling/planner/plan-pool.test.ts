import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_LAYERS, MAX_PEERS_PER_POOL } from '../roster/roster-state.ts';
import { type Candidate, type PlanRequest, type PoolPlan, planPool } from './plan-pool.ts';
import { manifestOf } from './test-manifest.ts';

const peerOf = (digit: number): PeerId => digit.toString(16).padEnd(32, '0') as PeerId;
const tab = (digit: number, memoryBytes = 1e9, msPerLayer = 1): Candidate => ({
  peer: peerOf(digit),
  capability: { backend: 'wasm', msPerLayer, memoryBytes, device: `tab ${digit}` },
});
/** `1:0-2` is peer 1 with layers [0, 2). */
const seatsOf = (plan: PoolPlan): string[] =>
  plan.kind === 'plan' ? plan.seats.map((seat) => `${seat.peer[0]}:${seat.start}-${seat.end}`) : [plan.reason];

describe('planPool', () => {
  const manifest = manifestOf({ layers: 4 });

  describe('with no number asked for', () => {
    // Half of the model and its entry or exit: 2 layers of 1,256, 3,000, 100.
    const HALF = 5700;

    it.each([
      ['one tab holds all', [tab(1)], ['1:0-4']],
      ['the fastest of those that hold all; the others wait', [tab(1, 1e9, 3), tab(2), tab(3, 1e9, 2)], ['2:0-4']],
      ['the earliest of equals', [tab(3), tab(1)], ['3:0-4']],
      ['two where one is not enough', [tab(1, HALF), tab(2, HALF)], ['1:0-2', '2:2-4']],
      ['no more than it takes', [tab(1, HALF), tab(2, HALF), tab(3, HALF)], ['1:0-2', '2:2-4']],
      ['a tab too small for any layer is left out', [tab(1, HALF), tab(2, 100), tab(3, HALF)], ['1:0-2', '3:2-4']],
      ['nobody is there', [], ['Waits for a tab to join.']],
    ])('%s', (_name, candidates, expected) => {
      expect(seatsOf(planPool({ manifest, candidates }))).toEqual(expected);
    });

    it('keeps the members it is told of through jitter, not through a fifth', () => {
      const current = [peerOf(1)];
      expect(seatsOf(planPool({ manifest, candidates: [tab(1, 1e9, 1.1), tab(2)], current }))).toEqual(['1:0-4']);
      expect(seatsOf(planPool({ manifest, candidates: [tab(1, 1e9, 2), tab(2)], current }))).toEqual(['2:0-4']);
      expect(seatsOf(planPool({ manifest, candidates: [tab(2)], current }))).toEqual(['2:0-4']);
    });

    it('says why', () => {
      const plan = planPool({ manifest, candidates: [tab(1), tab(2)] });
      expect(plan).toMatchObject({ kind: 'plan', reason: expect.stringContaining('1 tab in reserve.') });
    });
  });

  it('fills a seat with what it has to load', () => {
    const plan = planPool({ manifest, candidates: [tab(1), tab(2)], stages: 2 });
    if (plan.kind !== 'plan') throw new Error(plan.reason);
    expect(plan.seats[0]).toEqual({
      peer: peerOf(1),
      start: 0,
      end: 2,
      backend: 'wasm',
      device: 'tab 1',
      totalBytes: 5100,
      loadedBytes: 0,
      ready: false,
    });
    expect(plan.seats[1]?.totalBytes).toBe(5100);
  });

  describe('with stages asked for', () => {
    it.each([
      [
        'E7: says how many are here and how many are wanted',
        [tab(1)],
        ['One of two tabs is here; one more is needed.'],
      ],
      ['starts with both', [tab(1), tab(2)], ['1:0-2', '2:2-4']],
      ['keeps the third as a spare', [tab(1), tab(2), tab(3)], ['1:0-2', '2:2-4']],
      ['takes the spare for one that is too small', [tab(1), tab(2, 100), tab(3)], ['1:0-2', '3:2-4']],
      [
        'says that one is too small',
        [tab(1), tab(2, 100)],
        ['One of two tabs lends enough memory; one more is needed.'],
      ],
    ])('%s', (_name, candidates, expected) => {
      expect(seatsOf(planPool({ manifest, candidates, stages: 2, waitForAll: true }))).toEqual(expected);
    });

    it('cuts by speed, and takes tabs in order of joining though others are faster', () => {
      expect(seatsOf(planPool({ manifest, candidates: [tab(1, 1e9, 3), tab(2)], stages: 2 }))).toEqual([
        '1:0-1',
        '2:1-4',
      ]);
      const three = [tab(3, 1e9, 9), tab(1), tab(2)];
      expect(seatsOf(planPool({ manifest, candidates: three, stages: 2 }))[0]).toMatch(/^3:/);
    });

    describe('orders the ring by round trips', () => {
      const candidates = [1, 2, 3, 4].map((digit) => tab(digit));
      const order = (fields: Partial<PlanRequest>): string =>
        seatsOf(planPool({ manifest, candidates, stages: 4, ...fields }))
          .map((seat) => seat[0])
          .join('');
      /** 1 and 3 are in one place, 2 and 4 in another. */
      const rtt: PlanRequest['rtt'] = (a, b) => (Number(a[0]) % 2 === Number(b[0]) % 2 ? 2 : 100);

      it('when all are known', () => {
        expect(order({})).toBe('1234');
        expect(order({ rtt })).toMatch(/^(1342|1324|3142|3124)$/);
        expect(order({ rtt: (a, b) => (a[0] === '4' || b[0] === '4' ? undefined : rtt(a, b)) })).toBe('1234');
      });

      it('not for a few milliseconds, nor for what serves nearly as well', () => {
        expect(order({ rtt: (a, b) => (rtt(a, b) ?? 0) / 100 })).toBe('1234');
        const current = ['3', '1', '4', '2'].map((digit) => peerOf(Number(digit)));
        expect(order({ rtt, current })).toBe('3142');
        expect(order({ rtt: () => 50, current })).toBe('3142');
        expect(order({ current: current.slice(1) })).toBe('1234');
      });
    });

    it('goes on with fewer when it need not wait', () => {
      expect(seatsOf(planPool({ manifest, candidates: [tab(1)], stages: 2 }))).toEqual(['1:0-4']);
    });

    it.each([
      [2, 4, 'Two of four tabs are here; two more are needed.'],
      [1, 14, 'One of 14 tabs is here; 13 more are needed.'],
    ])('%d of %d are told in words', (here, stages, reason) => {
      const candidates = Array.from({ length: here }, (_, index) => tab(index + 1));
      const deep = manifestOf({ layers: 20 });
      expect(seatsOf(planPool({ manifest: deep, candidates, stages, waitForAll: true }))).toEqual([reason]);
    });

    it('never waits for more stages than layers', () => {
      const candidates = [tab(1), tab(2), tab(3), tab(4)];
      expect(seatsOf(planPool({ manifest, candidates, stages: 9, waitForAll: true }))).toHaveLength(4);
    });
  });

  it('says how much memory is missing', () => {
    const big = manifestOf({ layers: 2, layerBytes: [5e8, 5e8], maxContext: 1 });
    // 1,000,006,100 bytes of weights and 16 of KV cache against 2 × 200 MB; a second stage repeats 100 shared bytes.
    const plan = planPool({ manifest: big, candidates: [tab(1, 2e8), tab(2, 2e8)] });
    expect(seatsOf(plan)).toEqual(['Waits for more memory: 600.1 MB more would hold the model.']);
  });

  it('answers soon on the worst that peers may send', () => {
    const deep = manifestOf({ layers: MAX_LAYERS, maxContext: 1 });
    for (const memoryBytes of [1e12, 9000, 3000, 0]) {
      const candidates = Array.from({ length: MAX_PEERS_PER_POOL }, (_, index) =>
        tab(index, memoryBytes, 1 + (index % 20)),
      );
      const startedMs = performance.now();
      for (const stages of [undefined, 64]) {
        expect(planPool({ manifest: deep, candidates, stages }).kind).toBe(memoryBytes >= 9000 ? 'plan' : 'waiting');
      }
      expect(performance.now() - startedMs).toBeLessThan(2000);
    }
  });

  it('caps the context that it plans for', () => {
    const long = manifestOf({ layers: 1, maxContext: 131_072, kvHeads: 8, headDim: 128 });
    expect(planPool({ manifest: long, candidates: [tab(1, 100e6)] }).kind).toBe('plan');
  });
});
