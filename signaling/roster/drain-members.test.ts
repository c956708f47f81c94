// A tab that leaves without cutting an answer: what runs over its coalition may end, nothing new goes there.
import { describe, expect, it } from 'vitest';
import { formingOf, readyOf } from './coalitions.ts';
import { peerOf, Table } from './test-table.ts';

const drain = (table: Table, name: string): void => table.apply({ type: 'stage-drained', peer: peerOf(name) });

describe('draining', () => {
  it('retires the coalition at once, and the others form the next one with the seats that they have', () => {
    const table = new Table(2);
    table.watch('w');
    table.serve('a', 'b');
    table.offer('c');
    table.pass(1000);
    table.heard();
    drain(table, 'a');
    // Nobody is told that it broke: what runs goes on.
    expect(table.heard()).toEqual(['abw<retire 1']);
    expect(readyOf(table.pool())).toEqual([]);
    expect(table.pool().peers.map(({ peer }) => peer)).toEqual([peerOf('b'), peerOf('c')]);
    table.pass(1000);
    expect(table.heard()).toEqual(['cbw<2 forming c:0-2 b:2-4']);
    table.ready(2, 'b', 'c');
    expect(table.heard()).toEqual(['cbw<2 ready c:0-2 b:2-4']);
    table.leave('a');
    table.pass(60_000);
    expect(table.heard()).toEqual([]);
  });

  it('tells a watcher that comes meanwhile nothing of what is over', () => {
    const table = new Table();
    table.serve('a', 'b');
    drain(table, 'a');
    table.watch('w');
    expect(table.heard()).toEqual(['ab<retire 1']);
  });

  it('leaves a pool that nobody else serves without a coalition, which is told once', () => {
    const table = new Table();
    table.serve('a');
    drain(table, 'a');
    table.pass(1000);
    expect(table.heard()).toEqual(['a<retire 1']);
    expect(table.coalitions()).toEqual([]);
    expect(table.summary()).toMatchObject({ state: 'empty', peers: 0, reason: 'Waits for a tab to join.' });
    // And may come back.
    table.offer('a');
    table.pass(1000);
    expect(table.heard()).toEqual(['a<2 forming a:0-4']);
  });

  it('gives up what forms with it, and lets what answers without it serve on', () => {
    const table = new Table();
    table.serve('a');
    table.offer('b');
    table.pass(1000);
    table.heard();
    expect(formingOf(table.pool())?.coalition.epoch).toBe(2);
    drain(table, 'b');
    table.pass(1000);
    expect(table.heard()).toEqual(['ab<retire 2']);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
  });

  it('takes several tabs of one window together', () => {
    const table = new Table(3);
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    table.ready(1, 'a', 'b', 'c');
    table.pass(1000);
    table.heard();
    drain(table, 'a');
    drain(table, 'b');
    table.pass(1000);
    expect(table.heard()).toEqual(['abc<retire 1', 'c<2 forming c:0-4']);
  });

  it('holds nothing against a neighbour whose link is gone with it', () => {
    const table = new Table();
    table.serve('a', 'b', 'c');
    drain(table, 'b');
    table.cut(['a', 'b'], ['c', 'b']);
    table.linkDown(1, 'a', 'b');
    expect(table.out()).toEqual([]);
  });

  it('changes nothing for who lends nothing', () => {
    const table = new Table();
    table.serve('a');
    drain(table, 'x');
    expect([table.heard(), table.coalitions()]).toEqual([[], ['1 ready a:0-4']]);
  });
});
