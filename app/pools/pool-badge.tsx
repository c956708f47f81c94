// A pool's state as a small badge.

import type { PoolInfo } from '../../protocol/http/pool.ts';
import { STATUS_LOOKS, STATUS_NAMES, statusOf } from '../format/pool-status.ts';

export function PoolBadge({ pool }: { pool: Pick<PoolInfo, 'state' | 'loaded'> }) {
  const status = statusOf(pool);
  return (
    <span
      className={`inline-block rounded-sm border px-1.5 font-medium text-xs leading-5 tracking-normal ${STATUS_LOOKS[status]}`}
    >
      {STATUS_NAMES[status]}
    </span>
  );
}
