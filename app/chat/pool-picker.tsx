// Chooses among the pools that exist now.
import { useId } from 'react';
import type { PoolSummary } from '../../protocol/control.ts';
import type { ModelRef, PoolId } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatModel } from '../format/format-model.ts';

interface Props {
  pools: readonly PoolSummary[];
  current: PoolId;
  /** The model asked now; shown even when its pool is not in the list. */
  model: ModelRef;
  disabled: boolean;
  onPick(model: ModelRef): void;
}

export function PoolPicker({ pools, current, model, disabled, onPick }: Props) {
  const id = useId();
  const listed = pools.some((pool) => pool.pool === current);
  if (pools.length + (listed ? 0 : 1) < 2) return null;
  const pick = (chosen: string) => {
    const pool = pools.find((candidate) => candidate.pool === chosen);
    if (pool) onPick(pool.model);
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
            {formatModel(pool.model)} ({formatPlural(pool.peers, 'tab')})
          </option>
        ))}
      </select>
    </div>
  );
}
