import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { makeRing } from '../driver/test-ring.ts';
import { RingTable } from './ring-table.ts';

const ring = (epoch: number, number = 0) => makeRing([], { epoch, ring: number }).client;
const LEFT = new PoolError('stage-left', 'left');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the newest serves, an older one again when it is dropped, none in the end', () => {
  const table = new RingTable();
  const [one, two] = [ring(1), ring(2)];
  table.add(two);
  table.add(one);
  expect(table.newest).toBe(two);
  table.drop(2, LEFT);
  expect(two.ended).toBe(LEFT);
  expect(table.newest).toBe(one);
  table.drop(1, LEFT);
  table.drop(7, LEFT);
  expect(table.newest).toBeUndefined();
});

test('one that is tried is there for whoever names it, and the newest when somebody is answered over it', async () => {
  const table = new RingTable();
  const [one, two] = [ring(1), ring(2)];
  table.add(one);
  table.add(two, false);
  expect(table.newest).toBe(one);
  expect(await table.acquire({ epoch: 2, timeoutMs: 1 })).toBe(two);
  table.serve(3);
  expect(table.newest).toBe(one);
  table.serve(2);
  expect(table.newest).toBe(two);
  table.serve(1);
  expect(table.newest).toBe(two);
  // Who names none waits until one serves, also where one that served is gone.
  const bare = new RingTable();
  bare.add(two, false);
  expect(bare.newest).toBeUndefined();
  const waiting = bare.acquire({ timeoutMs: 1000 });
  bare.serve(2);
  expect(await waiting).toBe(two);
  const three = ring(3);
  bare.add(three, false);
  bare.drop(2, new PoolError('stage-left', 'Gone.'));
  expect(bare.newest).toBeUndefined();
});

test('one that is over goes on for who names it, and for nobody else', async () => {
  const table = new RingTable();
  const [one, two] = [ring(1), ring(2)];
  table.add(one);
  table.add(two);
  table.retire(2);
  table.retire(7);
  expect(table.newest).toBe(one);
  table.serve(2);
  expect(table.newest).toBe(one);
  expect(await table.acquire({ epoch: 2, timeoutMs: 1 })).toBe(two);
  expect(await table.acquire({ timeoutMs: 1 })).toBe(one);
  table.drop(2, LEFT);
  table.add(ring(2));
  expect(table.newest?.epoch).toBe(2);
});

test('a ring that ended by itself serves no more; the same epoch linked anew does', async () => {
  const table = new RingTable();
  const first = ring(1);
  table.add(first);
  first.end(LEFT);
  expect(table.newest).toBeUndefined();
  const waiting = table.acquire({ timeoutMs: 1000 });
  const again = ring(1);
  table.add(again);
  expect(await waiting).toBe(again);
});

test('one epoch is waited for by name, whatever else serves', async () => {
  const table = new RingTable();
  table.add(ring(1));
  const waiting = table.acquire({ epoch: 3, timeoutMs: 5000 });
  const late = table.acquire({ epoch: 4, timeoutMs: 5000 });
  const refused = expect(late).rejects.toMatchObject({ code: 'epoch-stale' });
  const third = ring(3);
  table.add(third);
  expect(await waiting).toBe(third);
  await vi.advanceTimersByTimeAsync(5000);
  await refused;
});

test('nobody waits for ever, and a wait can be given up', async () => {
  const table = new RingTable();
  const late = expect(table.acquire({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'no-stages' });
  await vi.advanceTimersByTimeAsync(100);
  await late;
  const abort = new AbortController();
  const given = expect(table.acquire({ signal: abort.signal, timeoutMs: 100 })).rejects.toMatchObject({
    code: 'cancelled',
  });
  abort.abort();
  await given;
  table.add(ring(1));
  await expect(table.acquire({ signal: abort.signal, timeoutMs: 100 })).rejects.toMatchObject({ code: 'cancelled' });
});

test('what just failed is avoided for a while, and taken again if nothing else comes', async () => {
  const table = new RingTable();
  const [one, two] = [ring(1), ring(2)];
  table.add(one);
  const quick = table.acquire({ avoid: one, timeoutMs: 60_000 });
  await vi.advanceTimersByTimeAsync(2_000);
  table.add(two);
  expect(await quick).toBe(two);
  let taken: unknown;
  void table.acquire({ avoid: two, timeoutMs: 60_000 }).then((got) => {
    taken = got;
  });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(taken).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(taken).toBe(two);
  expect(vi.getTimerCount()).toBe(0);
});

test('of two rings the one that was meant is taken, also its next epoch, and another only when it is not there soon', async () => {
  const table = new RingTable();
  const [first, second] = [ring(1), ring(2, 1)];
  table.add(first);
  table.add(second);
  expect(table.newest).toBe(second);
  expect(await table.acquire({ ring: 0, timeoutMs: 1 })).toBe(first);
  expect([first, second].map((one) => table.isCurrent(one))).toEqual([true, true]);
  table.drop(1, LEFT);
  const next = table.acquire({ ring: 0, avoid: first, timeoutMs: 60_000 });
  await vi.advanceTimersByTimeAsync(2_000);
  const third = ring(3);
  table.add(third);
  expect(await next).toBe(third);
  expect([first, second, third].map((one) => table.isCurrent(one))).toEqual([false, true, true]);
  table.drop(3, LEFT);
  const elsewhere = table.acquire({ ring: 0, avoid: third, timeoutMs: 60_000 });
  await vi.advanceTimersByTimeAsync(3_100);
  expect(await elsewhere).toBe(second);
});

test('one that just failed is avoided where another ring answers', async () => {
  const table = new RingTable();
  const [first, second] = [ring(1), ring(2, 1)];
  table.add(first);
  table.add(second);
  expect(await table.acquire({ avoid: second, timeoutMs: 1 })).toBe(first);
});
