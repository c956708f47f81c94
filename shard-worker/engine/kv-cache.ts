// What KV caches on a real runtime have in common: the ports of a slice, the bytes that they take, and what a run is given
// of them. `growing-kv-cache.ts` and `in-place-kv-cache.ts` are the two kinds.
import type { Tensor } from 'onnxruntime-web';
import { type KvShape, kvTensorBytes } from './kv-layout.ts';
import type { KvCache } from './layer-executor.ts';
import type { OrtModule } from './ort-runtime.ts';

/** Names of one layer's ports on the graph. */
export interface KvPorts {
  keyIn: string;
  valueIn: string;
  keyOut: string;
  valueOut: string;
}

export interface KvContext {
  ort: OrtModule;
  ports: readonly KvPorts[];
  shape: KvShape;
  maxContext: number;
  /** Present where tensors live on the GPU. */
  device?: GPUDevice;
}

/** Tensors to feed, and pre-allocated tensors to fetch into; `null` where the runtime makes them. */
export interface KvBinding {
  feeds: Record<string, Tensor>;
  fetches: Record<string, Tensor | null>;
}

export interface RuntimeKvCache extends KvCache {
  /** For `tokens` more positions of this cache alone. */
  bind(tokens: number): KvBinding;
  /** Takes over what the run gave out. */
  commit(tokens: number, outputs: Record<string, Tensor>): void;
}

export const kvElementType = (shape: KvShape): 'float16' | 'float32' =>
  shape.elementBytes === 2 ? 'float16' : 'float32';

/** `[past, present]` names of keys and values of all layers. */
export const portPairs = (ports: readonly KvPorts[]): [string, string][] =>
  ports.flatMap((port): [string, string][] => [
    [port.keyIn, port.keyOut],
    [port.valueIn, port.valueOut],
  ]);

/** Bytes of one session's keys and values, all layers, in room for so many positions. */
export const kvBytes = ({ ports, shape }: Pick<KvContext, 'ports' | 'shape'>, positions: number): number =>
  2 * ports.length * kvTensorBytes(shape, positions);
