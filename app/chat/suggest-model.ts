// Models that give real answers, by what devices such as this one can hold. Pure.

import type { PoolRef } from '../../protocol/ids.ts';
import { defaultMemoryBytes, type StatedDevice } from '../../protocol/lend-memory.ts';

export interface Suggestion {
  model: PoolRef;
  name: string;
  /** Weights, about: as its repository has them in this format. */
  bytes: number;
  /** Devices that lend as much as this one would. */
  devices: number;
}

/** Smallest first, in the layout and a format that this project reads. */
const KNOWN: readonly Omit<Suggestion, 'devices'>[] = [
  { name: 'Qwen3 0.6B', bytes: 0.57e9, ...hub('onnx-community/Qwen3-0.6B-ONNX') },
  { name: 'Qwen3 1.7B', bytes: 1.4e9, ...hub('onnx-community/Qwen3-1.7B-ONNX') },
  { name: 'Qwen3 4B', bytes: 2.8e9, ...hub('onnx-community/Qwen3-4B-ONNX') },
];
/** What caches of conversations and the runtime take beside weights. */
const ROOM = 1.25;
/** Beyond it a friend's word is needed more than a list. */
const MOST_DEVICES = 8;

function hub(repo: string): { model: PoolRef } {
  return { model: { repo, revision: 'main', dtype: 'q4f16' } };
}

/** The largest model that this device may hold alone, and the next larger one with as many devices as it takes. */
export function suggestModels(device: StatedDevice, hasGpu: boolean): Suggestion[] {
  const lentBytes = defaultMemoryBytes(hasGpu ? 'webgpu' : 'wasm', device);
  const all = KNOWN.map((known) => ({ ...known, devices: Math.ceil((known.bytes * ROOM) / lentBytes) }));
  const alone = all.findLastIndex(({ devices }) => devices === 1);
  return all.slice(Math.max(0, alone), alone + 2).filter(({ devices }) => devices <= MOST_DEVICES);
}
