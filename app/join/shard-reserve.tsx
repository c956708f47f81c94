// What a shard without a seat holds meanwhile, so that it can take over at once.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers } from '../format/format-model.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';

export function ShardReserve({ reserve }: { reserve: NonNullable<StageState['reserve']> }) {
  const { start, end, loadedBytes, totalBytes, isReady } = reserve;
  return (
    <section data-testid="reserve" data-start={start} data-end={end} data-ready={isReady}>
      <h3 className="label">What it holds in reserve</h3>
      <p className="mt-1">
        Layers <span className="font-mono">{formatLayers(start, end)}</span>
        {isReady
          ? ': when the tab that serves them goes, this one takes over within seconds.'
          : ': it loads them, to take over when the tab that serves them goes.'}
      </p>
      {!isReady && totalBytes > 0 && (
        <div className="mt-3">
          <ProgressBar label="Weights in reserve loaded" value={loadedBytes} max={totalBytes} />
          <p className="mt-1 font-mono text-muted text-sm">
            {formatBytes(loadedBytes)} of {formatBytes(totalBytes)}
          </p>
        </div>
      )}
    </section>
  );
}
