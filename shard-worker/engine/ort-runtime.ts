// The only door to onnxruntime-web. Loads the build that the backend needs, and lets one call at a time into it: the
// asyncify build of the runtime cannot be entered twice, not even by two sessions.
import type * as Ort from 'onnxruntime-web';
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';

export type OrtModule = typeof Ort;

export interface OrtRuntime {
  readonly ort: OrtModule;
  readonly backend: Backend;
  /** Runs `work` when nothing else runs in the runtime. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** The GPU device, once a WebGPU session exists. */
  device(): Promise<GPUDevice>;
}

const loaded = new Map<Backend, Promise<OrtRuntime>>();

/** Loads the build of a backend once per worker. A download that failed is tried again. */
export function loadOrtRuntime(backend: Backend, wasmPaths?: string): Promise<OrtRuntime> {
  const known = loaded.get(backend);
  if (known) return known;
  const loading = load(backend, wasmPaths).catch((cause: unknown) => {
    loaded.delete(backend);
    throw cause;
  });
  loaded.set(backend, loading);
  return loading;
}

async function load(backend: Backend, wasmPaths: string | undefined): Promise<OrtRuntime> {
  // The plain WASM build is half the size of the one with WebGPU, and its kernels are not slowed by asyncify.
  const ort = (
    backend === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm')
  ) as OrtModule;
  ort.env.logLevel = 'error';
  // Threads need cross-origin isolation, which breaks wallet popups and embedding: one thread, everywhere.
  ort.env.wasm.numThreads = 1;
  if (wasmPaths) ort.env.wasm.wasmPaths = wasmPaths;
  if (backend === 'webgpu') ort.env.webgpu.powerPreference = 'high-performance';
  let last: Promise<unknown> = Promise.resolve();
  return {
    ort,
    backend,
    exclusive(work) {
      const turn = last.then(work, work);
      last = turn.catch(() => {});
      return turn;
    },
    device: async () => (await ort.env.webgpu.device) as GPUDevice,
  };
}

const OUT_OF_MEMORY =
  /bad_alloc|out of memory|OutOfMemory|allocation failed|memory access out of bounds|\bOOM\b|failed to allocate/i;
const DEVICE_LOST = /device (is |was )?lost|DeviceLost|Instance dropped|external Instance reference no longer exists/i;

/** A typed error from whatever the runtime threw; `doing` completes "While …". */
export function ortError(cause: unknown, doing: string): PoolError {
  if (cause instanceof PoolError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const detail = text.slice(0, 300);
  if (DEVICE_LOST.test(text)) return deviceLost(cause, doing, detail);
  if (OUT_OF_MEMORY.test(text))
    return new PoolError('out-of-memory', `Memory ran out while ${doing}.`, { cause, data: { detail } });
  return new PoolError('stage-failed', `The model runtime failed while ${doing}: ${detail}`, {
    cause,
    data: { detail },
  });
}

const deviceLost = (cause: unknown, doing: string, detail: unknown): PoolError =>
  new PoolError('device-lost', `The GPU went away while ${doing}.`, { cause, data: { detail } });

/** A device that is gone says so within this. */
const LOST_WITHIN_MS = 100;

/**
 * The same of a run on a device, which is asked itself whether it is there: what the runtime says of one that went away depends on
 * where it was just then, a read back that failed among others.
 */
export async function runFault(
  { backend, device }: Pick<OrtRuntime, 'backend' | 'device'>,
  cause: unknown,
  doing: string,
): Promise<PoolError> {
  const error = ortError(cause, doing);
  if (error.code !== 'stage-failed' || backend !== 'webgpu') return error;
  const lost = device().then(async (known) => {
    await known.lost;
    return true;
  });
  const late = new Promise<false>((resolve) => setTimeout(resolve, LOST_WITHIN_MS, false));
  const isLost = await Promise.race([lost.catch(() => false), late]);
  return isLost ? deviceLost(cause, doing, error.data?.detail) : error;
}
