// Chooses among the pools that exist now.
import { useId } from 'react';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolId, type PoolRef, poolRefOf } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatModel } from '../format/format-model.ts';

interface Props {
  pools: readonly PoolSummary[];
  current: PoolId;
  /** The pool asked now; shown even when its pool is not in the list. */
  model: PoolRef;
  disabled: boolean;
  onPick(pool: PoolRef): void;
}

export function PoolPicker({ pools, current, model, disabled, onPick }: Props) {
  const id = useId();
  const listed = pools.some((pool) => pool.pool === current);
  if (pools.length + (listed ? 0 : 1) < 2) return null;
  const pick = (chosen: string) => {
    const pool = pools.find((candidate) => candidate.pool === chosen);
    if (pool) onPick(poolRefOf(pool.pool));
  };
  return (
    <div>
      <label htmlFor={id} className="label">
        Pool
      </label>
      <select
        id={id}
        className="field mt-1 text-sm"
        value={current}
        disabled={disabled}
        onChange={(event) => pick(event.target.value)}
      >
        {!listed && <option value={current}>{formatModel(model)} (no tabs)</option>}
        {pools.map((pool) => (
          <option key={pool.pool} value={pool.pool}>
            {formatModel(poolRefOf(pool.pool))} ({formatPlural(pool.peers, 'tab')})
          </option>
        ))}
      </select>
    </div>
  );
}
