// What a shard without a seat holds meanwhile, so that it can take over at once.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers } from '../format/format-model.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';

type Reserve = NonNullable<StageState['reserve']>;

export function ShardReserve({ reserve }: { reserve: Reserve }) {
  const isReady = reserve.every((held) => held.isReady);
  return (
    <section data-testid="reserve" data-ready={isReady}>
      <h3 className="label">What it holds in reserve</h3>
      <p className="mt-1">
        {isReady
          ? 'When a tab that serves these layers goes, this one takes over within seconds.'
          : 'It loads layers that others serve, to take over when one of them goes.'}
      </p>
      <ul className="mt-2 space-y-2">
        {reserve.map((held) => (
          <HeldLayers key={`${held.start}-${held.end}`} held={held} />
        ))}
      </ul>
    </section>
  );
}

function HeldLayers({ held: { start, end, loadedBytes, totalBytes, isReady } }: { held: Reserve[number] }) {
  const state = isReady
    ? 'ready'
    : totalBytes > 0
      ? `${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}`
      : 'next';
  return (
    <li data-testid="reserve-layers" data-start={start} data-end={end} data-ready={isReady}>
      <p className="flex justify-between gap-4">
        <span>
          Layers <span className="font-mono">{formatLayers(start, end)}</span>
        </span>
        <span className="font-mono text-muted text-sm">{state}</span>
      </p>
      {!isReady && totalBytes > 0 && (
        <ProgressBar label={`Layers ${formatLayers(start, end)} loaded`} value={loadedBytes} max={totalBytes} />
      )}
    </li>
  );
}
