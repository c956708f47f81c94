// Tabs that say how fast they are: an honest pool goes on, whoever claims ten times its speed is found out by one lap.
import { beforeEach, describe, expect, it } from 'vitest';
import { coalitionsOf } from './coalitions.ts';
import { POOL, peerOf, Table } from './test-table.ts';

/** What tabs really take for a layer, and what they say: the roster sees the one by laps only. */
const REAL: Record<string, number> = { a: 20, b: 20, c: 20, liar: 20, snail: 200, quick: 2 };
const SAID: Record<string, number> = { ...REAL, liar: 2, snail: 0.01 };
const ROOM = 6_500;
let table: Table;

const of = (record: Record<string, number>, peer: string): number =>
  record[Object.keys(record).find((name) => peerOf(name) === peer)!]!;
const offer = (name: string, memoryBytes = ROOM): void => table.offer(name, { msPerLayer: SAID[name]!, memoryBytes });
const live = (): string[] => table.coalitions();

/** All seats of what forms say that they are ready, and the lap takes what it takes. */
function lap(): void {
  for (const { coalition } of table.pool().coalitions) {
    const { state, epoch, seats } = coalition;
    if (state !== 'forming') continue;
    for (const { peer } of seats) {
      table.apply({ type: 'stage-readied', peer, pool: POOL, epoch, msPerLayer: of(SAID, peer) });
    }
    table.timed(
      epoch,
      seats.reduce((sum, { peer, start, end }) => sum + (end - start) * of(REAL, peer) + 1, 0),
    );
  }
}

/** Lets so many seconds pass, with a lap at the end of each; gives the epochs that formed. */
function pass(seconds: number): number {
  const before = table.pool().lastEpoch;
  for (let second = 0; second < seconds; second++) {
    table.pass(1000);
    lap();
  }
  return table.pool().lastEpoch - before;
}

beforeEach(() => {
  table = new Table();
  table.tries = true;
  table.stages = undefined;
});

describe('one that claims ten times its speed', () => {
  it.each([ROOM, 1e9])('takes no seat from those that answer, and is tried ever more rarely: it lends %i', (memory) => {
    for (const name of ['a', 'b']) offer(name);
    pass(2);
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
    offer('liar', memory);
    const tries = pass(1_200);
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThan(12);
    table.leave('liar');
    offer('liar', memory);
    expect(pass(300), 'coming back makes it no new one').toBeLessThanOrEqual(1);
    expect(live()[0]).toMatch(/ready a:0-2 b:2-4/);
  });

  it('two of them together are found out as one is', () => {
    for (const name of ['a', 'b']) offer(name);
    pass(2);
    SAID.c = 2;
    for (const name of ['liar', 'c']) offer(name);
    expect(pass(1_200)).toBeLessThan(14);
    expect(live()).toEqual(['1 ready a:0-2 b:2-4']);
    SAID.c = 20;
  });

  it('that came first, and is the slowest, gives way to honest ones', () => {
    offer('snail', 1e9);
    pass(2);
    expect(live()).toEqual(['1 ready snail:0-4']);
    for (const name of ['a', 'b']) offer(name);
    pass(60);
    expect(live()).toEqual([expect.stringMatching(/ready a:0-2 b:2-4/)]);
    expect(pass(1_200)).toBeLessThan(12);
    expect(live()).toEqual([expect.stringMatching(/ready a:0-2 b:2-4/)]);
  });
});

it('an honest tab that is faster is taken, and what serves goes on until it has shown that', () => {
  for (const name of ['a', 'b']) offer(name);
  pass(2);
  offer('quick', 1e9);
  table.pass(1000);
  expect(live()[0]).toBe('1 ready a:0-2 b:2-4');
  pass(2);
  expect(live()).toEqual([expect.stringMatching(/ready quick:0-4/)]);
});

it('who was no faster still takes a seat when somebody leaves, and where so many tabs are wanted', () => {
  for (const name of ['a', 'b']) offer(name);
  pass(2);
  offer('liar');
  pass(5);
  table.leave('b');
  pass(3);
  expect(live()).toEqual([expect.stringMatching(/ready .*liar/)]);
  table = new Table();
  table.tries = true;
  table.stages = 3;
  for (const name of ['a', 'b', 'liar']) offer(name);
  pass(3);
  expect(coalitionsOf(table.pool())[0]!.seats).toHaveLength(3);
});
