import { expect, test } from 'vitest';
import { ValueStore } from './value-store.ts';

test('listeners hear of each change until they stop', () => {
  const store = new ValueStore({ count: 0, name: 'a' });
  const seen: number[] = [];
  const stop = store.subscribe(() => seen.push(store.get().count));
  store.patch({ count: 1 });
  store.set({ count: 2, name: 'b' });
  stop();
  store.patch({ count: 3 });
  expect(seen).toEqual([1, 2]);
  expect(store.get()).toEqual({ count: 3, name: 'b' });
});

test('a value is replaced, never changed: who kept the old one still has it', () => {
  const store = new ValueStore({ count: 0 });
  const before = store.get();
  store.patch({ count: 1 });
  expect(before).toEqual({ count: 0 });
  expect(store.get()).not.toBe(before);
});

test('get and subscribe work on their own, as React takes them', () => {
  const { get, subscribe } = new ValueStore(5);
  expect(get()).toBe(5);
  expect(typeof subscribe(() => {})).toBe('function');
});
