// Addresses of the pages that a pool is asked and joined at. Pure; each page's own query reads its address back.
import type { PoolRef } from '../../protocol/ids.ts';

export const chatAddress = (pool: PoolRef): string => `/chat?${poolQuery(pool)}`;

/** With `auto` the tab joins without a click. */
export function joinAddress(pool: PoolRef, { auto = false } = {}): string {
  const query = poolQuery(pool);
  if (auto) query.set('auto', '1');
  return `/join?${query}`;
}

/** A pool as `readModelWish` in resolve-model.ts reads it. */
const poolQuery = ({ repo, revision, dtype, slug }: PoolRef): URLSearchParams =>
  new URLSearchParams({ model: repo, revision, dtype, ...(slug === undefined ? {} : { pool: slug }) });
