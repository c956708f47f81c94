// Chooses WebGPU or WASM for a worker, and says what the device is in words a person knows.
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { DeviceNote } from '../words/peer-state.ts';

export interface BackendChoice {
  backend: Backend;
  device: string;
  note?: string;
  noteCode?: DeviceNote;
}

export const WASM_CHOICE: BackendChoice = { backend: 'wasm', device: 'WASM, 1 thread' };

/** `auto` falls back to WASM with a note; a wish for WebGPU that cannot be met is `backend-unavailable`. */
export async function startBackend(wish: Backend | 'auto'): Promise<BackendChoice> {
  if (wish === 'wasm') return WASM_CHOICE;
  // Absent in browsers without WebGPU and on pages that are not served over https or localhost.
  const gpu: GPU | undefined = navigator.gpu;
  // Some builds have the object, and refuse to look for a device.
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter) return { backend: 'webgpu', device: describeAdapter(adapter.info) };
  const reason = gpu ? 'WebGPU found no graphics device' : 'This browser has no WebGPU';
  if (wish === 'webgpu') throw new PoolError('backend-unavailable', `${reason}.`);
  return {
    ...WASM_CHOICE,
    noteCode: gpu ? 'no-device' : 'no-webgpu',
    note: `${reason}: this tab computes on the CPU with WASM, which is slower but gives the same answers.`,
  };
}

function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture || info.device, info.description].filter((word) => word !== '');
  return [...new Set(words)].join(' · ').slice(0, 120) || 'WebGPU';
}
