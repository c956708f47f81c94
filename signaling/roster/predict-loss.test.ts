import { expect, test } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import { servingOf } from './coalitions.ts';
import { predictLossMs } from './predict-loss.ts';
import { POOL, peerOf, Table } from './test-table.ts';

/** One for each seat that serves, in their order. */
const losses = (table: Table): (number | undefined)[] =>
  servingOf(table.pool())!.seats.map((seat: Seat) => predictLossMs(table.pool(), seat));

/** Two that took so long to load, and one in reserve. */
function served(loadMs: number): Table {
  const table = new Table(2);
  for (const name of ['a', 'b', 'c']) table.offer(name);
  table.pass(300);
  table.pass(loadMs);
  table.ready(1, 'a', 'b');
  table.pass(1000);
  return table;
}

test('a spare that is warm takes a second; anybody else loads as quickly as others did', () => {
  const table = served(7_000);
  const [entry, exit] = servingOf(table.pool())!.seats;
  const pace = 7_000 / entry!.totalBytes;
  const secondsOf = (bytes: number) => Math.round((1_000 + bytes * pace) / 1000);
  // Both took as long: the median of their paces is the later one of two, which is that of the lighter seat.
  const slowest = Math.max(pace, 7_000 / exit!.totalBytes);
  expect(losses(table)[0]).toBe(Math.round(1_000 + entry!.totalBytes * slowest));
  expect(secondsOf(entry!.totalBytes)).toBe(8);
  const { start, end } = exit!;
  table.apply({ type: 'spare-told', peer: peerOf('c'), pool: POOL, layers: { start, end }, isReady: true });
  expect(losses(table)[1]).toBe(1_000);
});

test('nobody says what nobody has measured', () => {
  expect(losses(served(0))).toEqual([undefined, undefined]);
});
