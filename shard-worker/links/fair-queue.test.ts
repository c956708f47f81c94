import { expect, test } from 'vitest';
import { SeededRandom } from '../../protocol/test-random.ts';
import { FairQueue } from './fair-queue.ts';

function drain(queue: FairQueue<string>): string[] {
  const items: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

test('sessions take turns, and each keeps its order', () => {
  const queue = new FairQueue<string>(10);
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item[0]!, item);
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  expect(queue.size).toBe(0);
});

test('a short step waits for one chunk of a long prefill, not for all', () => {
  const queue = new FairQueue<string>(100);
  for (let chunk = 0; chunk < 20; chunk++) queue.push('long', `chunk ${chunk}`);
  queue.shift();
  queue.push('short', 'step');
  expect([queue.shift(), queue.shift()]).toContain('step');
});

test('own sessions go first, and among themselves in turn', () => {
  const queue = new FairQueue<string>(10);
  for (const item of ['a1', 'x1', 'x2', 'y1']) queue.push(item[0]!, item, item[0] !== 'a');
  expect(drain(queue)).toEqual(['x1', 'y1', 'x2', 'a1']);
});

test('others have at least every fourth turn, however much the owner asks', () => {
  const queue = new FairQueue<string>(100);
  for (let index = 0; index < 12; index++) queue.push('x', 'own', true);
  for (const key of ['a', 'b', 'a']) queue.push(key, key);
  const turns = drain(queue);
  expect(turns.slice(0, 12)).toEqual(['own', 'own', 'own', 'a', 'own', 'own', 'own', 'b', 'own', 'own', 'own', 'a']);
  expect(turns).toHaveLength(15);
});

test('a session that becomes its owner’s while it has work queued keeps its order', () => {
  const queue = new FairQueue<string>(10);
  queue.push('a', 'a1');
  queue.push('b', 'b1');
  queue.push('a', 'a2', true);
  expect(drain(queue)).toEqual(['a1', 'b1', 'a2']);
});

test('what is above the limit is refused, and a place that gets free is given again', () => {
  const queue = new FairQueue<string>(2);
  queue.push('a', '1');
  queue.push('b', '2');
  expect(() => queue.push('a', '3')).toThrow(expect.objectContaining({ code: 'sessions-full' }));
  expect(queue.size).toBe(2);
  queue.shift();
  expect(() => queue.push('a', '3')).not.toThrow();
});

test('dropping a session takes out what is its own', () => {
  const queue = new FairQueue<string>(10);
  for (const item of ['a1', 'b1', 'a2']) queue.push(item[0]!, item);
  queue.drop('a');
  queue.drop('nobody');
  expect(queue.size).toBe(1);
  expect(drain(queue)).toEqual(['b1']);
});

test('those that fit ride along, one of each other session, and nobody’s order or turn is lost', () => {
  const queue = new FairQueue<string>(20);
  for (const item of ['a1', 'a2', 'b1', 'b2', 'C1', 'c2', 'd1', 'e1']) queue.push(item[0]!.toLowerCase(), item);
  queue.push('x', 'x1', true);
  const isSmall = (item: string) => item === item.toLowerCase();
  expect(queue.shift()).toBe('x1');
  expect(queue.shift()).toBe('a1');
  expect(queue.gather(2, 'a', isSmall)).toEqual(['b1', 'd1']);
  expect(queue.gather(9, 'a', isSmall)).toEqual(['e1', 'b2']);
  expect(queue.size).toBe(3);
  expect(drain(queue)).toEqual(['C1', 'a2', 'c2']);
});

test('in random use nothing is lost, doubled or out of order within its session', () => {
  const random = new SeededRandom(41);
  const queue = new FairQueue<{ key: string; number: number }>(50);
  const next = new Map<string, number>();
  const expected = new Map<string, number>();
  let held = 0;
  for (let round = 0; round < 5000; round++) {
    const key = `s${random.whole(0, 6)}`;
    if (random.next() < 0.5 && held < 50) {
      const number = next.get(key) ?? 0;
      queue.push(key, { key, number }, random.next() < 0.3);
      next.set(key, number + 1);
      held++;
    } else {
      const item = queue.shift();
      expect(item === undefined).toBe(held === 0);
      if (!item) continue;
      const along = queue.gather(random.whole(0, 3), item.key, ({ number }) => number % 3 > 0);
      expect(new Set([item, ...along].map((each) => each.key)).size).toBe(1 + along.length);
      for (const { key, number } of [item, ...along]) {
        expect(number).toBe(expected.get(key) ?? 0);
        expected.set(key, number + 1);
        held--;
      }
    }
    expect(queue.size).toBe(held);
  }
});
