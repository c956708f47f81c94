// A tab as a stage, for a page: one state to draw, retry and close.
import type { Backend } from '../../protocol/control.ts';
import type { PoolError } from '../../protocol/errors.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { type Store, ValueStore } from '../../protocol/value-store.ts';
import type { Host } from '../host/host.ts';
import type { StageState } from '../words/peer-state.ts';
import { newStageLife } from './stage-life.ts';
import { StageRun } from './stage-run.ts';

export interface StagePeer {
  readonly state: Store<StageState>;
  /** After `failed`: starts again; bytes that were received are kept. */
  retry(): void;
  /** Leaves when what runs through it has ended, and in so long at the latest: it gets nothing new meanwhile. */
  drain(withinMs: number): void;
  /** Leaves the pool and frees everything. */
  close(): void;
}

export interface StagePeerOptions {
  pool: PoolRef;
  /** `auto`: WebGPU where there is an adapter, else WASM. */
  backend?: Backend | 'auto';
  /** What the person lends, bytes; default is a careful guess from the device. */
  memoryBytes?: number;
  /** Weights stay as they are stored: less memory, and slower where the backend would unpack them. */
  keepPacked?: boolean;
  /** The part of the device's time, above 0 and at most 1; default is all of it. */
  share?: number | undefined;
  /** Where USDC is to be paid to, for a market pool: without it such a pool takes no tab. */
  payoutAddress?: string;
  /** The site; default is the page's own. */
  origin?: string;
}

/** A worker that stops is started again, so often in ten minutes: then the person decides. */
const MAX_RESTARTS = 3;
const RESTARTS_OVER_MS = 10 * 60_000;

export function openStagePeer(host: Host, options: StagePeerOptions): StagePeer {
  const { pool, backend = 'auto', memoryBytes, keepPacked = false, share, payoutAddress, origin } = options;
  const lends = { keepPacked, share };
  const state = new ValueStore<StageState>(newStageLife(poolIdOf(pool), lends).shown);
  let restarts: number[] = [];
  const onStopped = ({ code }: PoolError): void => {
    const nowMs = performance.now();
    restarts = restarts.filter((atMs) => nowMs - atMs < RESTARTS_OVER_MS);
    // A model that does not end would not end again.
    if (code !== 'stage-failed' || restarts.length >= MAX_RESTARTS) return;
    restarts.push(nowMs);
    run = start();
  };
  const start = () =>
    new StageRun(host, { pool, origin, backend, memoryBytes, lends, payoutAddress, state, onStopped });
  let run = start();
  return {
    state,
    retry() {
      run.close();
      run = start();
    },
    drain: (withinMs) => run.drain(withinMs),
    close: () => run.close(),
  };
}
