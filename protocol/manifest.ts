// What a model looks like to the planner: counts and bytes, never weights. Made by a peer that read the graph.
import * as z from 'zod/mini';
import { PLANNED_CONTEXT_TOKENS } from './limits.ts';

const bytes = z.number().check(z.int(), z.gte(0));

/** Produced by the cutter from the graph alone; equal on every peer that read the same file. */
export const manifestSchema = z
  .object({
    /** SHA-256 of the graph file's structure (the `.onnx` without in-file weights), hex. */
    graphSha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    layers: z.number().check(z.int(), z.gte(1), z.lte(1024)),
    hiddenSize: z.number().check(z.int(), z.gte(1), z.lte(65_536)),
    vocabSize: z.number().check(z.int(), z.gte(1), z.lte(4_000_000)),
    /** Element type of the hidden states on the wire: the model's own. */
    activation: z.enum(['float32', 'float16']),
    kvHeads: z.number().check(z.int(), z.gte(1), z.lte(1024)),
    headDim: z.number().check(z.int(), z.gte(1), z.lte(4096)),
    /** Most positions of one session. */
    maxContext: z.number().check(z.int(), z.gte(1), z.lte(4_194_304)),
    /** Weight bytes of each layer. */
    layerBytes: z.array(bytes).check(z.minLength(1), z.maxLength(1024)),
    /** Extra bytes at the entry (embedding), at the exit (norm, head) and in every stage (rotary tables, cut to `maxContext`). */
    embeddingBytes: bytes,
    headBytes: bytes,
    sharedBytes: bytes,
    /** Bytes counted at the entry and at the exit that are the same: a tied embedding. A stage with both ends has them once. */
    tiedBytes: bytes,
  })
  .check(z.refine(({ tiedBytes, embeddingBytes, headBytes }) => tiedBytes <= Math.min(embeddingBytes, headBytes)));
export type ModelManifest = z.infer<typeof manifestSchema>;

/** Bytes of weights that a stage `[start, end)` holds. */
export function stageBytes(manifest: ModelManifest, start: number, end: number): number {
  const layers = manifest.layerBytes.slice(start, end).reduce((sum, size) => sum + size, 0);
  const entry = start === 0 ? manifest.embeddingBytes : 0;
  const exit = end === manifest.layers ? manifest.headBytes : 0;
  const twice = start === 0 && end === manifest.layers ? manifest.tiedBytes : 0;
  return layers + manifest.sharedBytes + entry + exit - twice;
}

/**
 * What KV caches may take of the `freeBytes` that a stage of so many layers has beside its weights: half, for growing a
 * cache and running the model take as much again, but never less than one planned session needs.
 */
export function kvMemoryBytes(manifest: ModelManifest, layers: number, freeBytes: number): number {
  const sessionBytes = layers * kvBytesPerLayer(manifest, Math.min(manifest.maxContext, PLANNED_CONTEXT_TOKENS));
  return Math.max(freeBytes / 2, Math.min(freeBytes, sessionBytes));
}

/** Bytes of KV cache per layer for one session of `context` positions: keys and values. */
export function kvBytesPerLayer(manifest: ModelManifest, context = manifest.maxContext): number {
  const elementBytes = manifest.activation === 'float16' ? 2 : 4;
  return 2 * manifest.kvHeads * context * manifest.headDim * elementBytes;
}
