import { expect, test } from 'vitest';
import { fetchPart } from './fetch-part.ts';

test('a part that is there is given as it is', async () => {
  expect(await fetchPart(Promise.resolve('part'))).toBe('part');
});

test('one that cannot be had is a server that does not answer', async () => {
  const missing = Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
  await expect(fetchPart(missing)).rejects.toMatchObject({ code: 'link-failed' });
});
