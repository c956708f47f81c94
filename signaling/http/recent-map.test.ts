import { expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

it('forgets what was not set for a while', () => {
  const map = new RecentMap<string>({ keepMs: 100, maxEntries: 10 });
  map.set('a', 'x', 0);
  map.set('b', 'y', 0);
  expect([map.get('a', 99), map.get('a', 100)]).toEqual(['x', undefined]);
  map.set('b', 'z', 90);
  expect(map.get('b', 189)).toBe('z');
  map.delete('b');
  expect(map.get('b', 91)).toBeUndefined();
});

it('keeps so many, those that were set last', () => {
  const map = new RecentMap<number>({ keepMs: 100, maxEntries: 2 });
  map.set('a', 1, 0);
  map.set('b', 2, 0);
  map.set('a', 3, 1);
  map.set('c', 4, 2);
  expect([map.get('a', 3), map.get('b', 3), map.get('c', 3)]).toEqual([3, undefined, 4]);
});
