// The layers that a shard holds and how their bytes arrive.
import { stageBytes } from '../../protocol/manifest.ts';
import type { SliceState, StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers } from '../format/format-model.ts';
import { joinText } from '../text/english/join.ts';
import { LoadPace } from '../ui/load-pace.tsx';
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
      <h3 className="label">{joinText.slice.title}</h3>
      <p className="mt-1">
        {manifest
          ? joinText.slice.holdsOf(
              slice.end - slice.start,
              manifest.layers,
              formatBytes(slice.totalBytes),
              formatBytes(stageBytes(manifest, 0, manifest.layers)),
            )
          : joinText.slice.holds(slice.end - slice.start, formatBytes(slice.totalBytes))}
      </p>
      {manifest && (
        <div className="mt-2">
          <LayerStrip layers={manifest.layers} ranges={ranges} />
        </div>
      )}
      <div className="mt-3">
        <ProgressBar label={joinText.slice.loaded} value={slice.loadedBytes} max={slice.totalBytes} />
        <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
          <span className="font-mono">
            {joinText.slice.bytesOf(formatBytes(slice.loadedBytes), formatBytes(slice.totalBytes))}
          </span>
          <LoadPace loadedBytes={slice.loadedBytes} totalBytes={slice.totalBytes} />
          <span className="text-muted">
            {joinText.slice.origin(formatBytes(slice.networkBytes), formatBytes(slice.cachedBytes))}
          </span>
        </p>
      </div>
      <details className="mt-2 text-muted text-sm">
        <summary className="w-fit py-1">{joinText.slice.exactly}</summary>
        <p>{exactly(slice, manifest?.layers)}</p>
      </details>
    </section>
  );
}

/** The ends of the model hold more than layers. */
function exactly({ start, end }: SliceState, layers: number | undefined): string {
  const text = joinText.slice;
  const range = formatLayers(start, end);
  const held = layers === undefined ? text.layers(range) : text.layersOf(range, layers);
  if (start === 0 && end === layers) return text.withBoth(held);
  if (start === 0) return text.withEmbedding(held);
  return end === layers ? text.withHead(held) : held;
}
