import { expect, test } from 'vitest';
import { together } from './together.ts';

test('gives all results in their places', async () => {
  expect(await together(Promise.resolve(1), Promise.resolve('two'))).toEqual([1, 'two']);
});

test('fails with the first of the list, whichever fails first in time', async () => {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('first')), 5));
  await expect(together(late, Promise.reject(new Error('second')))).rejects.toThrow('first');
});
