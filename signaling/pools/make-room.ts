// Which pool gives way when the table is full: one that nobody served for long. Else whoever filled it once would hold it for
// good. Pure.
import type { PoolId } from '../../protocol/ids.ts';
import type { PoolPolicy } from './pool-types.ts';

/** A pool that no tab has served since it was made: its maker has had a day to bring one. */
const UNSERVED_MS = 24 * 3600_000;
/** A pool that was served once has people; a week of theirs may pass without it. */
const DESERTED_MS = 7 * UNSERVED_MS;

/**
 * Those that never served go first, the oldest of them, so that making many takes no room from pools that people use.
 *
 * @param isInUse whether somebody lends to the pool now.
 */
export function givesWay(
  policies: Iterable<PoolPolicy>,
  now: Date,
  isInUse: (id: PoolId) => boolean,
): PoolId | undefined {
  const since = ({ servedAt, createdAt }: PoolPolicy): number => now.getTime() - (servedAt ?? createdAt).getTime();
  const longest = (pools: PoolPolicy[], leastMs: number): PoolPolicy | undefined =>
    pools.filter((pool) => since(pool) >= leastMs).sort((a, b) => since(b) - since(a))[0];
  const made = [...policies].filter(({ id, createdBy }) => createdBy !== undefined && !isInUse(id));
  const unserved = made.filter(({ servedAt }) => servedAt === undefined);
  return (longest(unserved, UNSERVED_MS) ?? longest(made, DESERTED_MS))?.id;
}
