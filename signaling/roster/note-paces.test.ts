// Tabs that say how fast they are: an honest pool goes on, whoever claims ten times its speed is found out by one lap.
import { beforeEach, describe, expect, it } from 'vitest';
import { POOL, peerOf, Table } from './test-table.ts';

/** What tabs really take for a layer. The roster never sees it but by laps. */
const REAL_MS = 20;
let table: Table;

/** All seats say that they are ready, and the lap takes what it takes. */
function lap(): void {
  const forming = table.pool().coalitions.find(({ coalition }) => coalition.state === 'forming')?.coalition;
  if (!forming) return;
  for (const { peer } of forming.seats) {
    table.apply({ type: 'stage-readied', peer, pool: POOL, epoch: forming.epoch, msPerLayer: saidBy(peer) });
  }
  table.timed(
    forming.epoch,
    forming.seats.reduce((sum, { start, end }) => sum + (end - start) * REAL_MS + 1, 0),
  );
}
const saidBy = (peer: string): number => (peer === peerOf('liar') ? REAL_MS / 10 : REAL_MS);
const offer = (name: string): void => table.offer(name, { msPerLayer: saidBy(peerOf(name)), memoryBytes: 6_500 });
const live = (): string[] => table.coalitions();

beforeEach(() => {
  table = new Table();
  table.tries = true;
  table.stages = undefined;
});

describe('one that claims ten times its speed', () => {
  it('takes no seat from an honest coalition that was shown, and is not tried again and again', () => {
    for (const name of ['a', 'b']) offer(name);
    table.pass(1000);
    lap();
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
    offer('liar');
    let tries = 0;
    for (let second = 0; second < 300; second++) {
      table.pass(1000);
      expect(live()[0]).toBe('1 ready a:0-2 b:2-4');
      if (live().length > 1) tries += 1;
      lap();
    }
    expect(tries).toBeLessThanOrEqual(2);
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
    expect(table.pool().peers.find(({ peer }) => peer === peerOf('liar'))?.shownMs ?? REAL_MS).toBeCloseTo(REAL_MS, 0);
  });

  it('is as slow as it was shown also when it comes back and says so again', () => {
    for (const name of ['a', 'b', 'liar']) offer(name);
    table.pass(1000);
    lap();
    table.pass(1000);
    lap();
    const shown = table.pool().peers.map(({ shownMs }) => shownMs);
    table.leave('liar');
    table.pass(1000);
    lap();
    offer('liar');
    table.pass(1000);
    lap();
    const now = table.pool().peers.find(({ peer }) => peer === peerOf('liar'))!;
    expect(now.shownMs ?? REAL_MS).toBeGreaterThan(saidBy(peerOf('liar')) * 3);
    expect(shown.length).toBe(3);
    expect(live()[0]).toMatch(/ready/);
  });
});

it('an honest tab that is faster is taken, and what serves goes on until it has shown that', () => {
  for (const name of ['a', 'b']) offer(name);
  table.pass(1000);
  lap();
  table.offer('quick', { msPerLayer: 2, memoryBytes: 1e9 });
  table.pass(1000);
  expect(live()[0]).toBe('1 ready a:0-2 b:2-4');
  const forming = table.pool().coalitions[1]!.coalition;
  for (const { peer } of forming.seats) {
    table.apply({ type: 'stage-readied', peer, pool: POOL, epoch: forming.epoch, msPerLayer: 2 });
  }
  table.timed(
    forming.epoch,
    forming.seats.reduce((sum, { start, end }) => sum + (end - start) * 2 + 1, 0),
  );
  expect(live()).toEqual([expect.stringMatching(/ready .*quick:/)]);
});

it('a lap of which nothing was timed changes no pace', () => {
  for (const name of ['a', 'b']) offer(name);
  table.pass(1000);
  table.ready(1, 'a', 'b');
  table.tried(1, 'shown');
  expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
  expect(table.pool().peers.map(({ shownMs }) => shownMs)).toEqual([undefined, undefined]);
});

describe('steps of a lap', () => {
  const serve = (): void => {
    for (const name of ['a', 'b']) offer(name);
    table.pass(1000);
    for (const name of ['a', 'b']) {
      table.apply({ type: 'stage-readied', peer: peerOf(name), pool: POOL, epoch: 1, msPerLayer: REAL_MS });
    }
  };
  const steps = (lapMs: number, ...stepsMs: number[]): void =>
    table.apply({ type: 'trial-ended', pool: POOL, epoch: 1, verdict: { kind: 'shown', lapMs, stepsMs } });
  const shown = (): (number | undefined)[] => table.pool().peers.map(({ shownMs }) => shownMs);

  it('say how fast each tab is, where together they are the lap', () => {
    serve();
    steps(92, 60, 30);
    expect(shown()).toEqual([30, 15]);
  });

  it('say nothing where they are less than the lap, or more', () => {
    serve();
    steps(84, 4, 4);
    expect(shown()).toEqual([REAL_MS, REAL_MS]);
    table.pass(1000);
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
  });
});

it('B12: the same tabs are cut anew where laps have shown that to be half as fast again, and not for less', () => {
  const roomy = (name: string): void => table.offer(name, { msPerLayer: REAL_MS, memoryBytes: 7_300 });
  for (const [slow, cut] of [
    [1.2, '1 ready a:0-2 b:2-4'],
    [40, '2 forming'],
  ] as const) {
    table = new Table();
    table.tries = true;
    for (const name of ['a', 'b']) roomy(name);
    table.stages = 2;
    table.pass(1000);
    table.ready(1, 'a', 'b');
    const verdict = { kind: 'shown', lapMs: 2 + 40 + 40 * slow, stepsMs: [40, 40 * slow] } as const;
    table.apply({ type: 'trial-ended', pool: POOL, epoch: 1, verdict });
    table.pass(1000);
    expect(live().at(-1)).toContain(cut);
  }
});
