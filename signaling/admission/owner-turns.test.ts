import { describe, expect, test } from 'vitest';
import { OwnerTurns } from './owner-turns.ts';

const begun = (turns: OwnerTurns, waiting: string[], times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => turns.begin(waiting));

describe('G14: turns of owners', () => {
  test('an owner alone has all workers, and no more', () => {
    const turns = new OwnerTurns({ workers: 3, spare: 2 });
    expect(begun(turns, ['a'], 4)).toEqual(['a', 'a', 'a', undefined]);
    turns.end('a');
    expect(begun(turns, ['a'], 2)).toEqual(['a', undefined]);
  });

  test('who has nothing at work does not wait for who has all', () => {
    const turns = new OwnerTurns({ workers: 3, spare: 2 });
    begun(turns, ['a'], 3);
    expect(begun(turns, ['a', 'b'], 2)).toEqual(['b', undefined]);
    expect(begun(turns, ['a', 'b', 'c', 'd'], 2)).toEqual(['c', undefined]);
    turns.end('b');
    expect(begun(turns, ['a', 'd'], 2)).toEqual(['d', undefined]);
  });

  test('those who wait share the workers, in turns', () => {
    const turns = new OwnerTurns({ workers: 4, spare: 0 });
    expect(begun(turns, ['a', 'b'], 5)).toEqual(['a', 'b', 'a', 'b', undefined]);
    turns.end('a');
    expect(turns.begin(['b', 'a']), 'who began longest ago, within its share').toBe('a');
    turns.end('b');
    expect(turns.begin(['b']), 'nobody else waits').toBe('b');
    turns.end('a');
    turns.end('a');
    expect(begun(turns, ['b'], 3)).toEqual(['b', 'b', undefined]);
  });

  test('many owners go round', () => {
    const turns = new OwnerTurns({ workers: 1, spare: 0 });
    const owners = ['a', 'b', 'c'];
    const order = Array.from({ length: 6 }, () => {
      const owner = turns.begin(owners)!;
      turns.end(owner);
      return owner;
    });
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('nobody waits, nobody begins', () => {
    expect(new OwnerTurns({ workers: 1, spare: 1 }).begin([])).toBeUndefined();
  });
});
