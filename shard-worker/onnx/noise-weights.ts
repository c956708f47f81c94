// Weights of noise for a slice: the model's own shapes and types, nothing fetched, and numbers of the size that trained ones
// have, so that attention is spread over many keys and no part of a layer drowns another. The same for the same slice.
import { memorySource } from '../words/byte-source.ts';
import { FLOAT16, FLOAT32, type OnnxGraph, type OnnxTensor } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { intAttribute } from './read-node.ts';
import type { GraphSlice } from './slice-graph.ts';
import { findRotaryTables } from './trim-rotary-tables.ts';

const UINT8 = 2;
const INT8 = 3;
/** Packed matrices are bytes. What else is no float is a shape or an index, and stays zero. */
const PACKED = new Set([UINT8, INT8]);

/** A float's bits: where its exponent begins and what is added to it. */
const FLOATS: Readonly<Record<number, { bits: 16 | 32; fraction: number; bias: number }>> = {
  [FLOAT32]: { bits: 32, fraction: 23, bias: 127 },
  [FLOAT16]: { bits: 16, fraction: 10, bias: 15 },
};

/** Magnitudes are spread over [2^e, 2^(e+1)), signs at random unless `isPositive`. */
interface Spread {
  exponent: number;
  isPositive: boolean;
}

/** Bytes by blob; what tensors do not cover is zero. */
export async function noiseWeights(slice: GraphSlice): Promise<Map<string, Uint8Array>> {
  const graph = await readGraph(memorySource(slice.model));
  const blobs = new Map(slice.blobs.map(({ location, size }) => [location, new Uint8Array(size)]));
  const steps = quantisationSteps(graph);
  const rotary = findRotaryTables(graph);
  const next = xorshift();
  for (const tensor of [...graph.initializers.values(), ...graph.nodes.flatMap(({ nested }) => nested)]) {
    const bytes = tensor.span && blobs.get(tensor.span.file);
    if (!bytes || !tensor.span) continue;
    const { offset, length } = tensor.span;
    const own = bytes.subarray(offset, offset + length);
    const spread = rotary.has(tensor.name) ? ROTARY : (steps.get(tensor.name) ?? spreadOf(tensor));
    if (PACKED.has(tensor.type)) own.set(new Uint8Array(words(Math.ceil(length / 4), next).buffer, 0, length));
    else if (FLOATS[tensor.type]) own.set(floats(tensor.type, length, spread, next));
  }
  return blobs;
}

/** Cosines and sines. */
const ROTARY: Spread = { exponent: -1, isPositive: false };
/** Norms and biases. */
const VECTOR: Spread = { exponent: 0, isPositive: true };

/** A matrix keeps the size of what it is multiplied with: its numbers are about 1 over the root of its longer side. */
function spreadOf({ dims }: OnnxTensor): Spread {
  if (dims.filter((dim) => dim > 1).length < 2) return VECTOR;
  return { exponent: exponentOf(1 / Math.sqrt(Math.max(...dims))), isPositive: false };
}

/** Steps of block-quantised matrices, by name: their bytes are spread evenly over all whole numbers. */
function quantisationSteps(graph: OnnxGraph): Map<string, Spread> {
  const steps = new Map<string, Spread>();
  for (const node of graph.nodes) {
    const rows = node.opType === 'MatMulNBits' ? intAttribute(node, 'K') : undefined;
    if (!rows) continue;
    const deviation = 2 ** (intAttribute(node, 'bits') ?? 4) / Math.sqrt(12);
    steps.set(node.inputs[2]!, { exponent: exponentOf(1 / Math.sqrt(rows) / deviation), isPositive: false });
  }
  return steps;
}

/** Numbers spread over an octave have 1.53 times its lower end as their root mean square. */
const exponentOf = (size: number): number => Math.round(Math.log2(size / 1.53));

function floats(type: number, length: number, { exponent, isPositive }: Spread, next: () => number): Uint8Array {
  const { bits, fraction, bias } = FLOATS[type]!;
  const kept = (2 ** fraction - 1) | (isPositive ? 0 : 1 << (bits - 1));
  const fixed = Math.max(1, exponent + bias) << fraction;
  const count = (length * 8) / bits;
  const values = bits === 16 ? new Uint16Array(count) : new Uint32Array(count);
  for (let index = 0; index < count; index++) values[index] = (next() & kept) | fixed;
  return new Uint8Array(values.buffer);
}

/** So many numbers of about this size, of either sign. */
export function noiseBytes(type: 'float32' | 'float16', count: number, size: number, next: () => number): Uint8Array {
  const [code, bytes] = type === 'float16' ? [FLOAT16, 2] : [FLOAT32, 4];
  return floats(code, count * bytes, { exponent: exponentOf(size), isPositive: false }, next);
}

function words(count: number, next: () => number): Uint32Array {
  const values = new Uint32Array(count);
  for (let index = 0; index < count; index++) values[index] = next();
  return values;
}

/** Marsaglia's xorshift of 32 bits, as signed numbers: good enough for noise, and quick for a hundred million of them. */
export function xorshift(seed = 0x9e37_79b9): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
