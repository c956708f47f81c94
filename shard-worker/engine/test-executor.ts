// Executors over the reference decoders on the real WASM runtime, which runs in Node as in a tab. Used by tests only.
import { TOP_CANDIDATES } from '../../protocol/limits.ts';
import { describeDecoder } from '../onnx/describe-decoder.ts';
import { type FixtureModel, fillBlob, readFixture } from '../onnx/fixture-models.ts';
import { readGraph } from '../onnx/read-graph.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';
import type { LayerExecutor } from './layer-executor.ts';
import { createOrtExecutor, type OrtExecutorOptions } from './ort-executor.ts';
import { loadOrtRuntime } from './ort-runtime.ts';

export const MAX_CONTEXT = 64;

export interface FixtureChain {
  fixture: FixtureModel;
  /** What the executors were made of, one after another. */
  options: OrtExecutorOptions[];
  chain: LayerExecutor[];
}

/** `cuts` are the layers at which the model is cut, both ends left out; `change` replaces what an executor is made of. */
export async function fixtureChain(
  name: string,
  cuts: readonly number[] = [],
  change: Partial<OrtExecutorOptions> = {},
): Promise<FixtureChain> {
  const fixture = readFixture(name);
  const graph = await readGraph(fixture.source);
  const { hiddenSize, activation, kvHeads, headDim } = describeDecoder(graph);
  const runtime = await loadOrtRuntime('wasm');
  const ends = [...cuts, fixture.layers];
  const options = ends.map((end, index): OrtExecutorOptions => {
    const start = ends[index - 1] ?? 0;
    const slice = sliceGraph(graph, { start, end }, { topK: TOP_CANDIDATES, maxContext: MAX_CONTEXT });
    const blobs = new Map(slice.blobs.map((blob) => [blob.location, fillBlob(fixture, blob)]));
    const bounds = { maxContext: MAX_CONTEXT, cpuNodes: [], unpackBytes: 0, kvBytes: 1_000_000 };
    const shape = { hiddenSize, activation, kvHeads, headDim, fusedAttention: true };
    return { runtime, slice, blobs, ...shape, ...bounds, ...change };
  });
  const chain: LayerExecutor[] = [];
  for (const each of options) chain.push(await createOrtExecutor(each));
  return { fixture, options, chain };
}
