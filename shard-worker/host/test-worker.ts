// A worker that computes nothing: answers the calls of a page by script, tells it what a test wants told. Used by tests only.
import { PoolError } from '../../protocol/errors.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import type { BrokeredChannel, HostWorker } from './host.ts';

type Name = keyof WorkerMethods;
type Params<N extends Name> = Parameters<WorkerMethods[N]>[0];
type Result<N extends Name> = Awaited<ReturnType<WorkerMethods[N]>>;
/** How some methods are answered; the others are as of a worker that can all. */
export type WorkerScript = { [N in Name]?: (params: Params<N>) => Result<N> | Promise<Result<N>> };

export const TEST_MANIFEST: ModelManifest = {
  graphSha256: 'a'.repeat(64),
  layers: 6,
  hiddenSize: 16,
  vocabSize: 64,
  activation: 'float32',
  kvHeads: 1,
  headDim: 1,
  maxContext: 64,
  layerBytes: [1000, 1000, 1000, 1000, 1000, 1000],
  embeddingBytes: 3000,
  headBytes: 3000,
  sharedBytes: 100,
  tiedBytes: 0,
};

const nothing = () => undefined;

const WILLING: Required<WorkerScript> = {
  'start-identity': nothing,
  'trust-server': nothing,
  'hold-ticket': nothing,
  'start-backend': () => ({ backend: 'wasm', device: 'WASM, 1 thread' }),
  'read-model': () => TEST_MANIFEST,
  'try-backend': () => ({ backend: 'wasm', device: 'WASM, 1 thread' }),
  'probe-layer': () => ({ msPerLayer: 2 }),
  'load-stage': () => ({ networkBytes: 0, cachedBytes: 0, msPerLayer: 1.5 }),
  'warm-slices': nothing,
  'serve-epoch': nothing,
  'add-link': nothing,
  'note-distance': nothing,
  'close-link': nothing,
  'retire-epoch': () => ({ hadSessions: false }),
  'sign-receipts': () => ({ receipts: [] }),
  'start-driver': nothing,
  'use-coalition': nothing,
  'coalition-serves': nothing,
  'drop-coalition': nothing,
  'check-model': nothing,
  'encode-prompt': () => ({ prompt: [1, 2, 3, 4, 5, 6, 7, 8, 9], maxContext: 64 }),
  ask: () => ({ promptTokens: 9, cachedTokens: 0, completionTokens: 0 }),
  cancel: nothing,
  'run-job': nothing,
  'cancel-job': nothing,
  'open-local': () => ({ backend: 'wasm', device: 'WASM, 1 thread', layers: 6, msPerLayer: 2, totalBytes: 12_000 }),
};

export class TestWorker implements HostWorker {
  /** May be changed while the worker runs. */
  readonly script: WorkerScript;
  readonly calls: { method: Name; params: unknown }[] = [];
  isTerminated = false;
  readonly #listeners = new Map<string, ((data: never) => void)[]>();
  readonly #enders: ((error: PoolError) => void)[] = [];
  readonly #waiting = new Set<(error: PoolError) => void>();

  constructor(script: WorkerScript) {
    this.script = script;
  }

  call: HostWorker['call'] = (method, params) => {
    if (this.isTerminated) return Promise.reject(left());
    this.calls.push({ method, params });
    const answer = (this.script[method] ?? WILLING[method]) as (params: unknown) => unknown;
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      // Later, as every message between page and worker.
      Promise.resolve()
        .then(() => answer(params))
        .then(resolve as (result: unknown) => void, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  };

  on: HostWorker['on'] = (event, listener) => {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener as (data: never) => void]);
  };

  onEnd(listener: (error: PoolError) => void): void {
    this.#enders.push(listener);
  }

  /** It stopped by itself. */
  end(error: PoolError): void {
    this.isTerminated = true;
    for (const reject of this.#waiting) reject(error);
    for (const listener of this.#enders) listener(error);
  }

  addLink({ close: _close, vitals: _vitals, pulse: _pulse, ...offer }: BrokeredChannel): Promise<void> {
    return this.call('add-link', offer);
  }

  terminate(): void {
    this.isTerminated = true;
    for (const reject of this.#waiting) reject(left());
  }

  tell<Event extends keyof WorkerEvents & string>(event: Event, data: WorkerEvents[Event]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never);
  }

  /** What it was called with under this name, in order. */
  given<N extends Name>(method: N): Params<N>[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params as Params<N>);
  }
}

const left = (): PoolError => new PoolError('cancelled', 'This tab left.');
