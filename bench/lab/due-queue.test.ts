import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueQueue } from './due-queue.ts';

test('gives what is due, earliest first, and of one time in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = new DueQueue<[number, number]>();
      for (const [order, dueMs] of times.entries()) queue.push(dueMs, [dueMs, order]);
      const taken: [number, number][] = [];
      for (let next = queue.take(20); next; next = queue.take(20)) taken.push(next);
      const sorted = times.map((dueMs, order): [number, number] => [dueMs, order]);
      expect(taken).toEqual(sorted.sort(([a, i], [b, j]) => a - b || i - j));
    }),
  );
});

test('keeps what is not due yet', () => {
  const queue = new DueQueue<string>();
  expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
  queue.push(5, 'late');
  queue.push(2, 'early');
  expect(queue.nextMs).toBe(2);
  expect(queue.take(2)).toBe('early');
  expect(queue.take(4.9)).toBeUndefined();
  expect(queue.size).toBe(1);
});
