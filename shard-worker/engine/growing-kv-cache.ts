// The cache of a session where the runtime hands out a longer tensor at each step: on the CPU, or on the GPU where
// attention is not fused. Going back copies what stays, and only once it is needed.
import type { Tensor } from 'onnxruntime-web';
import { type KvBinding, type KvContext, kvElementType, portPairs, type RuntimeKvCache } from './kv-cache.ts';
import { kvMoves, kvTensorBytes } from './kv-layout.ts';

const GPU_USAGE = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST: the enum object is missing in some workers' types.

export class GrowingKvCache implements RuntimeKvCache {
  length = 0;
  readonly #context: KvContext;
  readonly #pairs: [string, string][];
  #tensors: Tensor[];
  /** Positions in `#tensors`; more than `length` after a crop that nobody has needed yet. */
  #held = 0;

  constructor(context: KvContext) {
    this.#context = context;
    this.#pairs = portPairs(context.ports);
    this.#tensors = this.#empty();
  }

  crop(length: number): void {
    this.length = Math.min(this.length, length);
  }

  bind(): KvBinding {
    this.#cropTensors();
    const binding: KvBinding = { feeds: {}, fetches: {} };
    for (const [index, [past, present]] of this.#pairs.entries()) {
      binding.feeds[past] = this.#tensors[index]!;
      binding.fetches[present] = null;
    }
    return binding;
  }

  commit(tokens: number, outputs: Record<string, Tensor>): void {
    const old = this.#tensors;
    this.#tensors = this.#pairs.map(([, present]) => outputs[present]!);
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
    return this.#pairs.map(() => this.#tensor(new Uint8Array(0), 0));
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
    const { device } = this.#context;
    const old = this.#tensors;
    if (this.length === 0) this.#tensors = this.#empty();
    else if (device && old[0]?.location === 'gpu-buffer') this.#tensors = this.#cropOnGpu(device, old);
    else this.#tensors = old.map((tensor) => this.#cropOnCpu(tensor));
    for (const tensor of old) tensor.dispose();
    this.#held = this.length;
  }

  #cropOnCpu(tensor: Tensor): Tensor {
    const data = tensor.data as Float32Array;
    const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const target = new Uint8Array(kvTensorBytes(this.#context.shape, this.length));
    for (const { from, to, length } of this.#moves()) target.set(source.subarray(from, from + length), to);
    return this.#tensor(target, this.length);
  }

  #cropOnGpu(device: GPUDevice, old: readonly Tensor[]): Tensor[] {
    const { ort, shape } = this.#context;
    const size = kvTensorBytes(shape, this.length);
    const dims = [1, shape.kvHeads, this.length, shape.headDim];
    const encoder = device.createCommandEncoder();
    const cropped = old.map((tensor) => {
      const buffer = device.createBuffer({ size, usage: GPU_USAGE });
      for (const { from, to, length } of this.#moves()) {
        encoder.copyBufferToBuffer(tensor.gpuBuffer as GPUBuffer, from, buffer, to, length);
      }
      const dispose = () => buffer.destroy();
      return ort.Tensor.fromGpuBuffer(buffer, { dataType: kvElementType(shape), dims, dispose });
    });
    device.queue.submit([encoder.finish()]);
    return cropped;
  }

  #moves() {
    const { shape } = this.#context;
    return kvMoves(shape, this.length, { row: 0, positions: this.#held }, { row: 0, positions: this.length });
  }
}
