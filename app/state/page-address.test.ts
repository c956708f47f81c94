import { expect, test } from 'vitest';
import type { PoolRef } from '../../protocol/ids.ts';
import { chatAddress, joinAddress } from './page-address.ts';
import { readModelWish } from './resolve-model.ts';

const pool: PoolRef = { repo: 'owner/name.v2', revision: 'main', dtype: 'q4f16' };
const read = (address: string) => readModelWish(new URL(address, 'http://site').searchParams);

test.each([chatAddress, (ref: PoolRef) => joinAddress(ref)])('what an address says is read back', (write) => {
  expect(read(write(pool))).toEqual({ wish: pool, problems: [] });
  expect(read(write({ ...pool, slug: 'market' }))).toEqual({ wish: { ...pool, slug: 'market' }, problems: [] });
});
