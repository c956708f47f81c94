// A GPU that only copies: buffers are bytes, copies happen at once, and what WebGPU forbids throws. For tests of who lies
// where; nothing computes here.
import type { OrtModule } from './ort-runtime.ts';

export class FakeBuffer {
  readonly bytes: Uint8Array;
  isDestroyed = false;
  constructor(size: number) {
    // Not zero: what nobody wrote must not look written.
    this.bytes = new Uint8Array(size).fill(0xee);
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

/** Every buffer that was made. */
export interface FakeGpu {
  device: GPUDevice;
  ort: OrtModule;
  buffers: FakeBuffer[];
}

export function makeFakeGpu(): FakeGpu {
  const buffers: FakeBuffer[] = [];
  const device = {
    // It never goes away by itself.
    lost: new Promise(() => {}),
    createBuffer({ size }: { size: number }) {
      const buffer = new FakeBuffer(size);
      buffers.push(buffer);
      return buffer;
    },
    createCommandEncoder: () => ({ copyBufferToBuffer: copy, finish: () => ({}) }),
    queue: { submit() {} },
  };
  const ort = {
    Tensor: { fromGpuBuffer: (gpuBuffer: FakeBuffer, { dims }: { dims: number[] }) => ({ gpuBuffer, dims }) },
  };
  return { device: device as unknown as GPUDevice, ort: ort as unknown as OrtModule, buffers };
}

function copy(source: FakeBuffer, from: number, target: FakeBuffer, to: number, length: number): void {
  if (source === target) throw new Error('WebGPU copies no buffer into itself.');
  if (source.isDestroyed || target.isDestroyed) throw new Error('The buffer was destroyed.');
  if (from + length > source.bytes.length || to + length > target.bytes.length) throw new Error('Past the end.');
  if ((from | to | length) % 4 !== 0) throw new Error('Copies go by four bytes.');
  target.bytes.set(source.bytes.subarray(from, from + length), to);
}
