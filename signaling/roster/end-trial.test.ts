import { describe, expect, it } from 'vitest';
import { leftOutMs } from './roster-state.ts';
import { Table } from './test-table.ts';

/** A coalition of these that says that it is ready and is to be tried. */
function tried(...names: string[]): Table {
  const table = new Table();
  table.tries = true;
  join(table, ...names);
  return table;
}

/** They come, and all of the pool that has a seat says that it is ready. */
function join(table: Table, ...names: string[]): void {
  for (const name of names) table.offer(name);
  table.pass(1000);
  sayReady(table);
}

function sayReady(table: Table): void {
  const seats = table.coalitions().at(-1)!.split(' ').slice(2);
  table.ready(table.pool().lastEpoch, ...seats.map((seat) => seat.split(':')[0]!));
}

const outs = (table: Table): string[] =>
  table.pool().peers.flatMap(({ excluded, capability }) => (excluded ? [`${capability.device} ${excluded}`] : []));

describe('C1: a coalition that says that it is ready', () => {
  it('serves when a lap has shown it, and not before', () => {
    const table = tried('a', 'b');
    table.pass(100_000);
    expect(table.coalitions()).toEqual(['1 forming a:0-2 b:2-4']);
    table.tried(1, 'shown');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
  });

  it('changes nothing by a verdict of another epoch, or one that nobody waits for', () => {
    const table = tried('a', 'b');
    table.tried(2, 'shown');
    table.tried(7, 'unshown', 'a');
    expect(table.coalitions()).toEqual(['1 forming a:0-2 b:2-4']);
    table.tried(1, 'shown');
    table.tried(1, 'unshown', 'a');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
    expect(outs(table)).toEqual([]);
  });

  it('takes nothing from the one that serves: that goes on, and the liar is left out', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    join(table, 'liar');
    expect(table.coalitions()).toEqual(['1 ready a:0-4', '2 forming a:0-2 liar:2-4']);
    table.tried(2, 'unshown', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
    expect(outs(table)).toEqual(['liar unshown']);
  });

  it('leaves a liar out for a time that doubles, however often it offers itself', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    for (const failures of [1, 2, 3]) {
      table.offer('liar');
      table.pass(1000);
      sayReady(table);
      table.tried(table.pool().lastEpoch, 'unshown', 'liar');
      table.offer('liar');
      table.pass(leftOutMs(failures) - 1000);
      expect(table.coalitions()).toEqual(['1 ready a:0-4']);
      table.pass(2000);
      expect(table.coalitions()).toHaveLength(2);
      sayReady(table);
      table.tried(table.pool().lastEpoch, 'apart', 'liar', 'nobody');
    }
  });

  it('tries again where two contradict each other, then leaves the later one out', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    join(table, 'liar');
    table.tried(2, 'apart', 'a', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4', '3 forming a:0-2 liar:2-4']);
    sayReady(table);
    table.tried(3, 'apart', 'a', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
    expect(outs(table)).toEqual(['liar unreachable']);
  });

  it('of whom somebody computes wrongly, and nobody is there beside: the first is tried without the others', () => {
    const table = tried('a', 'b', 'c');
    table.tried(1, 'unshown', 'a', 'b', 'c');
    table.pass(1000);
    expect(outs(table)).toEqual(['b unshown', 'c unshown']);
    expect(table.coalitions()).toEqual(['2 forming a:0-4']);
  });

  it('three of one person are out at once where an honest one is there', () => {
    const table = new Table(3);
    table.tries = true;
    join(table, 'x', 'y', 'z', 'a');
    expect(table.coalitions()).toEqual(['1 forming x:0-2 y:2-3 z:3-4']);
    table.tried(1, 'unshown', 'x', 'y', 'z');
    table.pass(1000);
    expect(outs(table)).toEqual(['x unshown', 'y unshown', 'z unshown']);
  });
});
