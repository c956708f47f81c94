// Looks at a pool, for pages that draw it: what that takes is loaded after the page is drawn.
import type { PoolRef } from '../../protocol/ids.ts';
import type { PoolWatch } from '../../shard-worker/index.ts';
import { fetchPart } from './fetch-part.ts';

export async function openWatch(pool: PoolRef): Promise<PoolWatch> {
  const { watchPool } = await fetchPart(import('../../shard-worker/watch.ts'));
  return watchPool({ pool });
}
