// The layers that a shard holds and how their bytes arrive.
import { stageBytes } from '../../protocol/manifest.ts';
import type { SliceState, StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers } from '../format/format-model.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { LayerStrip } from './layer-strip.tsx';

interface Props {
  state: StageState;
  slice: SliceState;
}

export function ShardSlice({ state, slice }: Props) {
  const { manifest, coalition, peer } = state;
  const others = (coalition?.seats ?? []).filter((seat) => seat.peer !== peer);
  const ranges = [...others.map((seat) => ({ start: seat.start, end: seat.end, own: false })), { ...slice, own: true }];
  return (
    <section>
      <h3 className="label">What it holds</h3>
      <p className="mt-1">
        Layers <span className="font-mono">{formatLayers(slice.start, slice.end)}</span>
        {manifest && ` of ${manifest.layers}`}
        {extras(slice, manifest?.layers)}, <span className="font-mono">{formatBytes(slice.totalBytes)}</span>
        {manifest && ` of the whole model’s ${formatBytes(stageBytes(manifest, 0, manifest.layers))}`}.
      </p>
      {manifest && (
        <div className="mt-2">
          <LayerStrip layers={manifest.layers} ranges={ranges} />
        </div>
      )}
      <div className="mt-3">
        <ProgressBar label="Weights loaded" value={slice.loadedBytes} max={slice.totalBytes} />
        <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
          <span className="font-mono">
            {formatBytes(slice.loadedBytes)} of {formatBytes(slice.totalBytes)}
          </span>
          <span className="text-muted">
            {formatBytes(slice.networkBytes)} from the network, {formatBytes(slice.cachedBytes)} from this browser’s
            cache
          </span>
        </p>
      </div>
    </section>
  );
}

/** The ends of the model hold more than layers. */
function extras(slice: SliceState, layers: number | undefined): string {
  const parts = [slice.start === 0 && 'the embedding', slice.end === layers && 'the output head'].filter(Boolean);
  return parts.length > 0 ? ` with ${parts.join(' and ')}` : '';
}
