// Makes the manifest that a peer tells the planner: counts and bytes of a graph as its slices will fetch them. Reads no
// weights.
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { DecoderDescription } from '../onnx/describe-decoder.ts';
import { SHARED } from '../onnx/group-weights.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';

/** The manifest of a graph whose sessions have at most `maxContext` positions; equal on all peers with the same file. */
export async function makeManifest(
  graph: OnnxGraph,
  decoder: DecoderDescription,
  maxContext: number,
): Promise<ModelManifest> {
  const all = { start: 0, end: decoder.layers };
  // The whole model as one slice is its structure without weights.
  const structure = sliceGraph(graph, all, { topK: 0 }).model;
  const digest = await crypto.subtle.digest('SHA-256', structure as Uint8Array<ArrayBuffer>);
  // Rotary tables are cut to the context, so what is shared is not what the file holds.
  const { blobs } = sliceGraph(graph, all, { topK: 0, maxContext });
  return {
    graphSha256: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    layers: decoder.layers,
    hiddenSize: decoder.hiddenSize,
    vocabSize: decoder.vocabSize,
    activation: decoder.activation,
    kvHeads: decoder.kvHeads,
    headDim: decoder.headDim,
    maxContext,
    layerBytes: decoder.layerBytes,
    embeddingBytes: decoder.embeddingBytes,
    headBytes: decoder.headBytes,
    sharedBytes: blobs.find((blob) => blob.location === SHARED)?.size ?? 0,
    tiedBytes: decoder.tiedBytes,
  };
}
