// A tab as a stage, for a page: one state to draw, retry and close.
import type { Backend } from '../../protocol/control.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { StageState } from '../words/peer-state.ts';
import { StageRun } from './stage-run.ts';
import { type Store, ValueStore } from './store.ts';

export interface StagePeer {
  readonly state: Store<StageState>;
  /** After `failed`: starts again; bytes that were received are kept. */
  retry(): void;
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
  /** The site; default is the page's own. */
  origin?: string;
}

const NOTHING_SERVED = { sessions: 0, tokens: 0, stepMs: 0, tokensPerSecond: [], bytesIn: 0, bytesOut: 0 };

/**
 * Lends this tab.
 *
 * @example
 * const peer = openStagePeer({ pool: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } });
 * peer.state.subscribe(() => console.log(peer.state.get().phase));
 */
export function openStagePeer(options: StagePeerOptions): StagePeer {
  const { pool, backend = 'auto', memoryBytes, keepPacked = false, origin = location.origin } = options;
  const fresh = (): StageState => ({ phase: 'connecting', pool: poolIdOf(pool), served: NOTHING_SERVED });
  const state = new ValueStore<StageState>(fresh());
  const start = () => new StageRun({ origin, pool, backend, memoryBytes, keepPacked, state });
  let run = start();
  return {
    state,
    retry() {
      run.close();
      state.set(fresh());
      run = start();
    },
    close: () => run.close(),
  };
}
