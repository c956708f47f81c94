// Executors of a fixture, in a browser's worker: the product's own cutter and runtime over files of the harness.
import { TOP_CANDIDATES } from '../../protocol/limits.ts';
import type { LayerExecutor } from '../../shard-worker/engine/layer-executor.ts';
import { createOrtExecutor } from '../../shard-worker/engine/ort-executor.ts';
import type { OrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { cpuNodeNames } from '../../shard-worker/model/cpu-nodes.ts';
import { hasFusedAttention } from '../../shard-worker/model/has-fused-attention.ts';
import { makeManifest } from '../../shard-worker/model/make-manifest.ts';
import { type RunTrial, tryRuns } from '../../shard-worker/model/try-runs.ts';
import { type DecoderDescription, describeDecoder } from '../../shard-worker/onnx/describe-decoder.ts';
import { readGraph } from '../../shard-worker/onnx/read-graph.ts';
import { sliceGraph } from '../../shard-worker/onnx/slice-graph.ts';
import { memorySource } from '../../shard-worker/words/byte-source.ts';

export interface FixtureFiles {
  /** URL of the graph and of the external data beside it, if any. */
  graphUrl: string;
  dataUrl?: string;
}

export interface LoadedFixture {
  decoder: DecoderDescription;
  /** What runs may be on this device, as the product finds it out. */
  bounds: RunTrial['bounds'];
  executor(start: number, end: number, kvBytes?: number): Promise<LayerExecutor>;
}

const MAX_CONTEXT = 256;

const fetchBytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

export async function loadFixture(runtime: OrtRuntime, { graphUrl, dataUrl }: FixtureFiles): Promise<LoadedFixture> {
  const graphBytes = await fetchBytes(graphUrl);
  const dataBytes = dataUrl ? await fetchBytes(dataUrl) : new Uint8Array(0);
  const graph = await readGraph(memorySource(graphBytes));
  const decoder = describeDecoder(graph);
  const { hiddenSize, activation, kvHeads, headDim } = decoder;
  const manifest = await makeManifest(graph, decoder, MAX_CONTEXT);
  const { bounds } = await tryRuns(runtime, { graph, decoder, manifest });
  return {
    decoder,
    bounds,
    executor(start, end, kvBytes = Number.POSITIVE_INFINITY) {
      const slice = sliceGraph(graph, { start, end }, { topK: TOP_CANDIDATES, maxContext: MAX_CONTEXT });
      const blobs = new Map<string, Uint8Array>();
      for (const blob of slice.blobs) {
        const bytes = new Uint8Array(blob.size);
        for (const part of blob.parts) {
          const source = part.file === '' ? graphBytes : dataBytes;
          bytes.set(source.subarray(part.offset, part.offset + part.length), part.blobOffset);
        }
        blobs.set(blob.location, bytes);
      }
      return createOrtExecutor({
        ...{ runtime, slice, blobs, hiddenSize, activation, kvHeads, headDim, kvBytes },
        maxContext: MAX_CONTEXT,
        fusedAttention: hasFusedAttention(graph, decoder.kv),
        cpuNodes: cpuNodeNames(graph),
        // As a tab does that lends enough.
        unpackBytes: runtime.backend === 'wasm' ? Number.POSITIVE_INFINITY : 0,
        bounds,
      });
    },
  };
}
