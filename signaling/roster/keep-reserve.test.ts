import { describe, expect, it } from 'vitest';
import { coalitionsOf } from './coalitions.ts';
import { standbyOf } from './keep-reserve.ts';
import { nameOf, POOL, peerOf, Table } from './test-table.ts';

const standbys = (table: Table) => coalitionsOf(table.pool())[0]!.seats.map((seat) => standbyOf(table.pool(), seat));
const tells =
  (isReady: boolean) =>
  (table: Table, name: string, start: number, end: number): void =>
    table.apply({ type: 'spare-told', peer: peerOf(name), pool: POOL, layers: { start, end }, isReady });
const warmed = tells(true);
const failed = tells(false);
const asked = (table: Table) =>
  table.inbox.flatMap(({ to, message }) =>
    message.type === 'warm'
      ? [
          [
            ...to.map((peer) => Buffer.from(peer, 'hex').toString().replaceAll('\0', '')),
            ...message.layers.map(({ start, end }) => `${start}-${end}`),
          ].join(' '),
        ]
      : [],
  );

function withReserve(...names: string[]): Table {
  const table = new Table(2);
  for (const name of ['a', 'b', ...names]) table.offer(name);
  table.pass(1000);
  table.ready(1, 'a', 'b');
  table.pass(1000);
  return table;
}

describe('B5: a tab in reserve', () => {
  it('is asked to hold all seats that its memory takes, those first whose loss would take longest, and says when it does', () => {
    const table = withReserve('c');
    expect(asked(table)).toEqual(['c 0-2 2-4']);
    expect(standbys(table)).toEqual(['loading', 'loading']);
    table.heard();
    warmed(table, 'c', 0, 2);
    expect(standbys(table)).toEqual(['warm', 'loading']);
    // Once more changes nothing, and neither does a word of layers that nobody asked for.
    warmed(table, 'c', 0, 2);
    warmed(table, 'c', 1, 3);
    failed(table, 'c', 1, 3);
    warmed(table, 'x', 0, 2);
    expect(standbys(table)).toEqual(['warm', 'loading']);
    expect(table.heard()).toEqual([]);
  });

  it('is told whom it would be linked to', () => {
    const table = withReserve('c');
    const near = () =>
      table.inbox.flatMap(({ message }) => (message.type === 'warm' ? [message.near.map(nameOf).join('')] : []));
    expect(near()).toEqual(['ba']);
    const three = new Table(3);
    for (const name of ['a', 'b', 'd']) three.offer(name);
    three.pass(1000);
    three.ready(1, 'a', 'b', 'd');
    three.pass(1000);
    // Room for one slice: of the seats it holds the first one’s neighbours are the next, and the exit.
    three.offer('c', { memoryBytes: 6_500 });
    three.pass(1000);
    const told = three.inbox.flatMap(({ message }) => (message.type === 'warm' ? [message] : []));
    expect(told).toHaveLength(1);
    const seats = coalitionsOf(three.pool())[0]!.seats;
    const at = seats.findIndex(({ start }) => start === told[0]!.layers[0]!.start);
    const others = seats.filter((_seat, other) => other !== at).map(({ peer }) => nameOf(peer));
    expect(told[0]!.near.map(nameOf).sort()).toEqual(others.sort());
  });

  it.each([
    [3.9, ['c 0-2 2-4']],
    [12, []],
  ])('whose probe was %s times as slow as the others is asked as far as that is noise', (msPerLayer, wanted) => {
    const table = withReserve();
    table.offer('c', { msPerLayer });
    table.pass(1000);
    expect(asked(table)).toEqual(wanted);
  });

  it('that could not have some is not asked for those again', () => {
    const table = withReserve('c');
    failed(table, 'c', 0, 2);
    expect(standbys(table)).toEqual([undefined, 'loading']);
    warmed(table, 'c', 0, 2);
    warmed(table, 'c', 2, 4);
    expect(standbys(table)).toEqual([undefined, 'warm']);
    expect(asked(table)).toHaveLength(1);
    // Somebody else is.
    table.offer('d');
    table.pass(1000);
    expect(asked(table).slice(1)).toEqual(['d 0-2']);
  });

  it('that comes later is asked when it is clear that it has no seat, for what the other one lacks or most needs', () => {
    const table = withReserve('c');
    warmed(table, 'c', 0, 2);
    table.offer('d');
    expect(asked(table)).toHaveLength(1);
    table.pass(1000);
    expect(asked(table).slice(1)).toEqual(['d 0-2']);
    expect(standbys(table)).toEqual(['warm', 'loading']);
  });

  it('takes the seat that it holds, before a quicker one that must load', () => {
    const table = withReserve('c', 'd');
    expect(asked(table)).toEqual(['c 0-2', 'd 2-4']);
    warmed(table, 'd', 2, 4);
    table.leave('b');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 broken a:0-2 b:2-4', '2 forming a:0-2 d:2-4']);
    table.ready(2, 'a', 'd');
    table.pass(1000);
    // Who is left in reserve goes on holding its own, and takes what nobody else holds now.
    expect(standbys(table)).toEqual(['loading', 'loading']);
    expect(asked(table).slice(2)).toEqual(['c 0-2 2-4']);
    expect(table.pool().peers.map(({ warm }) => warm !== undefined)).toEqual([false, true, false]);
  });

  it('is asked anew when it offers itself again, and is nobody’s any more when it has gone', () => {
    const table = withReserve('c');
    warmed(table, 'c', 0, 2);
    table.offer('c');
    table.pass(1000);
    expect(asked(table)).toEqual(['c 0-2 2-4', 'c 0-2 2-4']);
    expect(standbys(table)).toEqual(['loading', 'loading']);
    table.leave('c');
    table.pass(1000);
    expect(standbys(table)).toEqual([undefined, undefined]);
  });
});
