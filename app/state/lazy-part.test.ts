import { expect, test } from 'vitest';
import { LazyPart } from './lazy-part.ts';

test('a part is fetched once, however many need it, and is told when it is there', async () => {
  let fetched = 0;
  const part = new LazyPart(async () => {
    fetched += 1;
    return 'part';
  });
  const seen: (string | undefined)[] = [];
  part.state.subscribe(() => seen.push(part.state.get()));
  expect(part.state.get()).toBeUndefined();
  await Promise.all([part.load(), part.load()]);
  await part.load();
  expect([fetched, seen]).toEqual([1, ['part']]);
});

test('one that could not be had is tried again by whoever needs it next', async () => {
  let fetched = 0;
  const part = new LazyPart(async () => {
    fetched += 1;
    if (fetched === 1) throw new Error('the server is away');
    return 'part';
  });
  await part.load();
  expect(part.state.get()).toBeUndefined();
  await part.load();
  expect(part.state.get()).toBe('part');
});
