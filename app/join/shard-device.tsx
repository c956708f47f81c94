// What computes this shard, as measured.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatBackend } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { type Figure, Figures } from '../ui/figures.tsx';

export function ShardDevice({ state }: { state: StageState }) {
  const figures: Figure[] = [];
  if (state.backend) figures.push({ name: 'Backend', value: formatBackend(state.backend) });
  if (state.device) figures.push({ name: 'Device', value: state.device });
  if (state.msPerLayer !== undefined) figures.push({ name: 'Per layer, measured', value: formatMs(state.msPerLayer) });
  if (state.memoryBytes !== undefined) figures.push({ name: 'Lends up to', value: formatBytes(state.memoryBytes) });
  if (state.manifest) figures.push({ name: 'Model has', value: `${state.manifest.layers} layers` });
  if (state.peer)
    figures.push({ name: 'Its id as a peer', value: <span className="break-all text-sm">{state.peer}</span> });
  if (figures.length === 0) return null;
  return <Figures figures={figures} />;
}
