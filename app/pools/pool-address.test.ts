import { expect, test } from 'vitest';
import { poolPage, poolRoute } from './pool-address.ts';

const id = 'owner/tiny@main:q4';

test('an id comes back from the page’s address', () => {
  expect(new URL(poolPage(id), 'https://pool.example').searchParams.get('pool')).toBe(id);
});

test('an id is one part of a path', () => {
  expect(poolRoute(id, '/state')).toBe('/api/pools/owner%2Ftiny%40main%3Aq4/state');
  expect(new URL(poolRoute('../../x'), 'https://pool.example').pathname).toBe('/api/pools/..%2F..%2Fx');
});
