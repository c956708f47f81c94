// Why a pool is as it is. An older server says it only in English.
import type { PoolSummary } from '../../protocol/control.ts';
import { tellPool } from '../format/tell-pool.ts';

export function PoolWhy({ pool: { reason, why } }: { pool: Pick<PoolSummary, 'reason' | 'why'> }) {
  return why ? tellPool(why) : <span lang="en">{reason}</span>;
}
