// Measures this device on the model's own layer: same graph, same shapes, zero weights, so that nothing is fetched.

import type { LentMemory } from '../../protocol/lend-memory.ts';
import { type LayerExecutor, runMs } from '../engine/layer-executor.ts';
import { createOrtExecutor } from '../engine/ort-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';
import { divideMemory } from './divide-memory.ts';
import { executorShape } from './executor-shape.ts';
import type { OpenModel } from './open-model.ts';

const WARM_UP_STEPS = 2;
const MEASURED_STEPS = 12;
/** A device that needs longer than this for a few steps of one layer is measured well enough by fewer. */
const BUDGET_MS = 4_000;

/**
 * Milliseconds of one decode step of one layer: the lower quartile, because tabs that join together disturb each other's
 * measurement, and what disturbs only ever adds.
 */
export async function probeLayer(runtime: OrtRuntime, model: OpenModel, lent: LentMemory): Promise<number> {
  const { layers } = model.decoder;
  // An inner layer where there is one: it has neither embedding nor head.
  const start = Math.min(1, layers - 1);
  const slice = sliceGraph(model.graph, { start, end: start + 1 }, { maxContext: model.manifest.maxContext });
  const blobs = new Map(slice.blobs.map((blob) => [blob.location, new Uint8Array(blob.size)]));
  // A layer's part of what all of them would have here: a seat of fewer layers can only be faster.
  const { kvBytes, unpackBytes } = divideMemory(model.manifest, { start: 0, end: layers }, lent, runtime.backend);
  const shares = { kvBytes, unpackBytes: unpackBytes / layers };
  const executor = await createOrtExecutor({ runtime, slice, blobs, ...executorShape(model), ...shares });
  try {
    return await quickStepMs(executor, model, slice.entry);
  } finally {
    // Also where a step failed: whoever tries again needs the room.
    await executor.dispose();
  }
}

async function quickStepMs(executor: LayerExecutor, model: OpenModel, isEntry: boolean): Promise<number> {
  const cache = executor.openCache();
  const input = {
    ...(isEntry
      ? { ids: Int32Array.of(0) }
      : { hidden: new Uint8Array(model.decoder.hiddenSize * elementBytes(model)) }),
    tokens: 1,
    rows: 'none' as const,
    inverseTemperature: 1,
  };
  const times: number[] = [];
  const startedMs = performance.now();
  for (let step = 0; step < WARM_UP_STEPS + MEASURED_STEPS; step++) {
    const stepMs = runMs(await executor.run(cache, input));
    if (step >= WARM_UP_STEPS) times.push(stepMs);
    if (times.length > 0 && performance.now() - startedMs > BUDGET_MS) break;
  }
  cache.dispose();
  return lowerQuartile(times);
}

const elementBytes = (model: OpenModel): number => (model.decoder.activation === 'float16' ? 2 : 4);

function lowerQuartile(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 4)]!;
}
