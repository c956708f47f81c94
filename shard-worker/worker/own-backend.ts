// What computes in a worker: chosen once, tried on the model before it is believed, and given up for WASM where it computes
// wrongly, unless its person asked for WebGPU and nothing else.
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { loadOrtRuntime, type OrtRuntime } from '../engine/ort-runtime.ts';
import type { ReadModel } from '../model/executor-shape.ts';
import { tryRuns } from '../model/try-runs.ts';
import { type BackendChoice, startBackend, WASM_CHOICE } from './start-backend.ts';

/** The effects, for tests. */
export interface BackendParts {
  start(wish: Backend | 'auto'): Promise<BackendChoice>;
  load(backend: Backend): Promise<OrtRuntime>;
  tryRuns: typeof tryRuns;
}

export class OwnBackend {
  readonly #parts: BackendParts;
  #wish: Backend | 'auto' = 'auto';
  #choice: Promise<BackendChoice> | undefined;

  constructor(parts: BackendParts = { start: startBackend, load: loadOrtRuntime, tryRuns }) {
    this.#parts = parts;
  }

  /** The first wish counts: a worker has one backend. One that failed may be followed by another. */
  start(wish: Backend | 'auto'): Promise<BackendChoice> {
    if (!this.#choice) {
      this.#wish = wish;
      this.#choice = this.#parts.start(wish).catch((error) => {
        this.#choice = undefined;
        throw error;
      });
    }
    return this.#choice;
  }

  async runtime(): Promise<OrtRuntime> {
    const { backend } = await this.start('auto');
    return this.#parts.load(backend);
  }

  /** What computes this model from now on. Throws `backend-unavailable` where that would be what nobody asked for. */
  async try(model: ReadModel): Promise<BackendChoice> {
    const choice = await this.start('auto');
    try {
      const { note } = await this.#parts.tryRuns(await this.runtime(), model);
      return note ? { ...choice, note, noteCode: 'gpu-careful' } : choice;
    } catch (cause) {
      const error = PoolError.from(cause);
      if (error.code !== 'backend-unavailable' || this.#wish === 'webgpu') throw error;
      const note = `${error.message} This tab computes on the CPU with WASM, which is slower and right.`;
      const instead: BackendChoice = { ...WASM_CHOICE, note, noteCode: 'gpu-wrong' };
      this.#choice = Promise.resolve(instead);
      return instead;
    }
  }
}
