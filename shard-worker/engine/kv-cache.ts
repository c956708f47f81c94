// KV caches on a real runtime. On WebGPU with fused attention one buffer per layer is past and present at once and
// rollback is free; elsewhere the runtime hands out a longer tensor at each step, and rollback copies what stays.
import type { Tensor } from 'onnxruntime-web';
import { type KvShape, kvCapacity, kvMoves, kvTensorBytes } from './kv-layout.ts';
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

export interface RuntimeKvCache extends KvCache {
  /** Tensors to feed, and pre-allocated tensors to fetch into, for `tokens` more rows. */
  bind(tokens: number): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> };
  /** Takes over what the run gave out. */
  commit(tokens: number, outputs: Record<string, Tensor>): void;
}

const typeOf = (shape: KvShape) => (shape.elementBytes === 2 ? 'float16' : 'float32') as 'float16' | 'float32';

/** `[past, present]` names of keys and values of all layers. */
const portPairs = (ports: readonly KvPorts[]): [string, string][] =>
  ports.flatMap((port): [string, string][] => [
    [port.keyIn, port.keyOut],
    [port.valueIn, port.valueOut],
  ]);

const GPU_USAGE = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST: the enum object is missing in some workers' types.

/** One GPU buffer per layer and side, written in place; grows by doubling. */
export class InPlaceKvCache implements RuntimeKvCache {
  length = 0;
  readonly #context: KvContext;
  readonly #device: GPUDevice;
  #capacity = 0;
  #buffers: GPUBuffer[] = [];

  constructor(context: KvContext, device: GPUDevice) {
    this.#context = context;
    this.#device = device;
  }

  crop(length: number): void {
    this.length = Math.min(this.length, length);
  }

  bind(tokens: number): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> } {
    this.#reserve(this.length + tokens);
    const { ort, shape, ports } = this.#context;
    const feeds: Record<string, Tensor> = {};
    const fetches: Record<string, Tensor | null> = {};
    for (const [index, [past, present]] of portPairs(ports).entries()) {
      const dims = [1, shape.kvHeads, this.#capacity, shape.headDim];
      const tensor = ort.Tensor.fromGpuBuffer(this.#buffers[index]!, { dataType: typeOf(shape), dims });
      feeds[past] = tensor;
      fetches[present] = tensor;
    }
    return { feeds, fetches };
  }

  commit(tokens: number): void {
    this.length += tokens;
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers = [];
    this.#capacity = 0;
    this.length = 0;
  }

  #reserve(positions: number): void {
    if (positions <= this.#capacity) return;
    const { shape, ports, maxContext } = this.#context;
    const capacity = kvCapacity(positions, maxContext);
    const size = kvTensorBytes(shape, capacity);
    const buffers = portPairs(ports).map(() => this.#device.createBuffer({ size, usage: GPU_USAGE }));
    if (this.length > 0) copyOnGpu(this.#device, shape, this.length, this.#capacity, capacity, this.#buffers, buffers);
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers = buffers;
    this.#capacity = capacity;
  }
}

/** The runtime's own tensors, one longer at each step; on the CPU, or on the GPU where attention is not fused. */
export class GrowingKvCache implements RuntimeKvCache {
  length = 0;
  readonly #context: KvContext;
  #tensors: Tensor[];
  /** Positions in `#tensors`; more than `length` after a crop that nobody has needed yet. */
  #held = 0;

  constructor(context: KvContext) {
    this.#context = context;
    this.#tensors = this.#empty();
  }

  crop(length: number): void {
    this.length = Math.min(this.length, length);
  }

  bind(): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> } {
    this.#cropTensors();
    const feeds: Record<string, Tensor> = {};
    const fetches: Record<string, Tensor | null> = {};
    for (const [index, [past, present]] of portPairs(this.#context.ports).entries()) {
      feeds[past] = this.#tensors[index]!;
      fetches[present] = null;
    }
    return { feeds, fetches };
  }

  commit(tokens: number, outputs: Record<string, Tensor>): void {
    const old = this.#tensors;
    this.#tensors = portPairs(this.#context.ports).map(([, present]) => outputs[present]!);
    for (const tensor of old) tensor.dispose();
    this.length += tokens;
    this.#held = this.length;
  }

  dispose(): void {
    for (const tensor of this.#tensors) tensor.dispose();
    this.#tensors = this.#empty();
    this.#held = 0;
    this.length = 0;
  }

  #empty(): Tensor[] {
    return portPairs(this.#context.ports).map(() => this.#tensor(new Uint8Array(0), 0));
  }

  #tensor(bytes: Uint8Array<ArrayBuffer>, positions: number): Tensor {
    const { ort, shape } = this.#context;
    const dims = [1, shape.kvHeads, positions, shape.headDim];
    return shape.elementBytes === 2
      ? new ort.Tensor('float16', new Uint16Array(bytes.buffer), dims)
      : new ort.Tensor('float32', new Float32Array(bytes.buffer), dims);
  }

  #cropTensors(): void {
    if (this.#held === this.length) return;
    const { shape, device, ort } = this.#context;
    const old = this.#tensors;
    const size = kvTensorBytes(shape, this.length);
    if (this.length === 0) this.#tensors = this.#empty();
    else if (device && old[0]?.location === 'gpu-buffer') {
      const buffers = old.map(() => device.createBuffer({ size, usage: GPU_USAGE }));
      const sources = old.map((tensor) => tensor.gpuBuffer as GPUBuffer);
      copyOnGpu(device, shape, this.length, this.#held, this.length, sources, buffers);
      const dims = [1, shape.kvHeads, this.length, shape.headDim];
      this.#tensors = buffers.map((buffer) =>
        ort.Tensor.fromGpuBuffer(buffer, { dataType: typeOf(shape), dims, dispose: () => buffer.destroy() }),
      );
    } else {
      this.#tensors = old.map((tensor) => {
        const data = tensor.data as Float32Array;
        const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        const target = new Uint8Array(size);
        for (const move of kvMoves(shape, this.length, this.#held, this.length)) {
          target.set(source.subarray(move.from, move.from + move.length), move.to);
        }
        return this.#tensor(target, this.length);
      });
    }
    for (const tensor of old) tensor.dispose();
    this.#held = this.length;
  }
}

function copyOnGpu(
  device: GPUDevice,
  shape: KvShape,
  kept: number,
  fromPositions: number,
  toPositions: number,
  sources: readonly GPUBuffer[],
  targets: readonly GPUBuffer[],
): void {
  const encoder = device.createCommandEncoder();
  const moves = kvMoves(shape, kept, fromPositions, toPositions);
  for (const [index, source] of sources.entries()) {
    for (const move of moves) encoder.copyBufferToBuffer(source, move.from, targets[index]!, move.to, move.length);
  }
  device.queue.submit([encoder.finish()]);
}
