// The address of /join for a given pool. Pure; join-query.ts reads it back.
import type { PoolRef } from '../../protocol/ids.ts';
import { poolQuery } from './pool-query.ts';

export function joinAddress(pool: PoolRef, { auto = false } = {}): string {
  const query = poolQuery(pool);
  if (auto) query.set('auto', '1');
  return `/join?${query}`;
}
