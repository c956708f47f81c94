// A tab as a stage: control socket, PeerJS and the worker with the model. Owns their life, no tensor.
import type { Backend } from '../../protocol/control.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { StageState } from './peer-state.ts';
import type { Store } from './store.ts';

export interface StagePeer {
  readonly state: Store<StageState>;
  /** After `failed`: starts again; bytes that were received are kept. */
  retry(): void;
  /** Leaves the pool and frees everything. */
  close(): void;
}

export interface StagePeerOptions {
  model: ModelRef;
  /** `auto`: WebGPU where there is an adapter, else WASM. */
  backend?: Backend | 'auto';
  /** What the person lends, bytes; default is a careful guess from the device. */
  memoryBytes?: number;
}

export function openStagePeer(_options: StagePeerOptions): StagePeer {
  throw new Error('in the making');
}
