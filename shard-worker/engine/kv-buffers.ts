// One GPU buffer per layer and side, `[rows, kvHeads, positions, headDim]`, past and present at once: attention writes new
// positions in place. A row is one session; a run may take the first so many. Counts what it holds.
import { type KvBinding, type KvContext, kvBytes, kvElementType, portPairs } from './kv-cache.ts';
import { kvMoves, kvTensorBytes } from './kv-layout.ts';

/** Bytes that all caches of an executor hold, and what they may. */
export interface KvBudget {
  readonly limitBytes: number;
  usedBytes: number;
}

export interface GpuKvContext extends KvContext {
  device: GPUDevice;
  budget: KvBudget;
  /** Runs `work` when no run is under way: rows must not be moved under the model. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

const USAGE = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST: the enum object is missing in some workers' types.

export class KvBuffers {
  readonly rows: number;
  readonly positions: number;
  readonly bytes: number;
  readonly #context: GpuKvContext;
  readonly #buffers: GPUBuffer[];
  /** By rows: tensors are made once and not at each step. */
  readonly #bindings = new Map<number, KvBinding>();
  #scratch: GPUBuffer | undefined;

  constructor(context: GpuKvContext, rows: number, positions: number) {
    this.rows = rows;
    this.positions = positions;
    this.bytes = rows * kvBytes(context, positions);
    this.#context = context;
    const size = rows * kvTensorBytes(context.shape, positions);
    this.#buffers = portPairs(context.ports).map(() => context.device.createBuffer({ size, usage: USAGE }));
    context.budget.usedBytes += this.bytes;
  }

  /** The first `rows` rows. */
  bind(rows: number): KvBinding {
    const known = this.#bindings.get(rows);
    if (known) return known;
    const { ort, shape, ports } = this.#context;
    const binding: KvBinding = { feeds: {}, fetches: {} };
    const dims = [rows, shape.kvHeads, this.positions, shape.headDim];
    for (const [index, [past, present]] of portPairs(ports).entries()) {
      const tensor = ort.Tensor.fromGpuBuffer(this.#buffers[index]!, { dataType: kvElementType(shape), dims });
      binding.feeds[past] = tensor;
      binding.fetches[present] = tensor;
    }
    this.#bindings.set(rows, binding);
    return binding;
  }

  /** Copies the first `kept` positions of a row into a row of other buffers. */
  copyRow(kept: number, fromRow: number, target: KvBuffers, toRow: number): void {
    if (kept === 0) return;
    const { device, shape } = this.#context;
    const from = { row: fromRow, positions: this.positions };
    const moves = kvMoves(shape, kept, from, { row: toRow, positions: target.positions });
    const encoder = device.createCommandEncoder();
    for (const [index, source] of this.#buffers.entries()) {
      for (const { from: at, to, length } of moves) {
        encoder.copyBufferToBuffer(source, at, target.#buffers[index]!, to, length);
      }
    }
    device.queue.submit([encoder.finish()]);
  }

  /** Within the same buffers; WebGPU copies no buffer into itself, so by way of another. */
  moveRow(kept: number, fromRow: number, toRow: number): void {
    if (kept === 0) return;
    const { device, shape } = this.#context;
    const size = kvTensorBytes(shape, this.positions);
    this.#scratch ??= device.createBuffer({ size, usage: USAGE });
    const encoder = device.createCommandEncoder();
    for (const buffer of this.#buffers) {
      encoder.copyBufferToBuffer(buffer, fromRow * size, this.#scratch, 0, size);
      encoder.copyBufferToBuffer(this.#scratch, 0, buffer, toRow * size, size);
    }
    device.queue.submit([encoder.finish()]);
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#scratch?.destroy();
    this.#bindings.clear();
    this.#context.budget.usedBytes -= this.bytes;
  }
}
