// What computes this shard, as measured.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatBackend, formatRunsOn } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { joinText } from '../text/english/join.ts';
import { type Figure, Figures } from '../ui/figures.tsx';

export function ShardDevice({ state }: { state: StageState }) {
  const figures: Figure[] = [];
  if (state.backend) figures.push({ name: joinText.device.backend, value: formatBackend(state.backend) });
  if (state.backend && state.device) {
    const device = <span data-words="program">{formatRunsOn(state.backend, state.device)}</span>;
    figures.push({ name: joinText.device.device, value: device });
  }
  if (state.msPerLayer !== undefined)
    figures.push({ name: joinText.device.perLayer, value: formatMs(state.msPerLayer) });
  if (state.memoryBytes !== undefined)
    figures.push({ name: joinText.device.memory, value: formatBytes(state.memoryBytes) });
  if (state.manifest)
    figures.push({ name: joinText.device.model, value: joinText.device.modelParts(state.manifest.layers) });
  if (state.peer)
    figures.push({
      name: joinText.device.id,
      value: (
        <span data-words="program" className="break-all text-sm">
          {state.peer}
        </span>
      ),
    });
  if (figures.length === 0) return null;
  return <Figures figures={figures} />;
}
