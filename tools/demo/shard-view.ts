// What a shard card of /join says of itself, read from its data attributes, and the line that the terminal shows of it.
// Pure.
import { formatBytes } from '../../app/format/format-bytes.ts';
import { formatLayers } from '../../app/format/format-model.ts';
import { progressBar } from '../terminal/progress-bar.ts';

export interface ShardView {
  /** A `StagePhase`, or `opening` before there is a card. */
  phase: string;
  /** Layers `[start, end)`; undefined until the planner gave this tab a seat. */
  layers?: [start: number, end: number];
  backend?: string;
  networkBytes: number;
  cachedBytes: number;
  totalBytes: number;
}

/** `dataset` of the element; undefined when the page does not show one yet. */
export function readShardView(dataset: Record<string, string | undefined> | undefined): ShardView {
  const bytes = (name: string): number => Number(dataset?.[name] ?? 0) || 0;
  const view: ShardView = {
    phase: dataset?.phase ?? 'opening',
    networkBytes: bytes('networkBytes'),
    cachedBytes: bytes('cachedBytes'),
    totalBytes: bytes('totalBytes'),
  };
  if (dataset?.start !== undefined && dataset.end !== undefined) {
    view.layers = [Number(dataset.start), Number(dataset.end)];
  }
  if (dataset?.backend !== undefined) view.backend = dataset.backend;
  return view;
}

/** Widest phase is `reading-model`. */
const PHASE_WIDTH = 13;
/** `layers [12, 24)`. */
const LAYERS_WIDTH = 15;

/** One line; the same columns for every stage, so that several make a table. */
export function formatShard(number: number, view: ShardView): string {
  const head = `  tab ${String(number).padEnd(2)}  ${view.phase.padEnd(PHASE_WIDTH)}`;
  if (!view.layers) return head.trimEnd();
  const loaded = view.networkBytes + view.cachedBytes;
  const layers = `layers ${formatLayers(...view.layers)}`;
  return `${head}  ${layers.padEnd(LAYERS_WIDTH)}  ${progressBar(loaded, view.totalBytes)}  ${formatBytes(loaded)} of ${formatBytes(view.totalBytes)}`;
}
