// The shards of this window: opens and closes stage peers. They belong to the window and not to a page of it, so that who looks at
// another page goes on lending.
import { useSyncExternalStore } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { openStagePeer, StagePeer } from '../../shard-worker/index.ts';
import type { ShownError } from './show-error.ts';

/** Model, backend and memory of a shard to be opened. */
export type ShardOptions = Parameters<typeof openStagePeer>[0];

export interface Shard {
  key: number;
  peer: StagePeer;
  options: ShardOptions;
  /** Its peer has left and freed what it held; what it had loaded stays on disk. */
  isPaused: boolean;
}

export interface LentState {
  shards: readonly Shard[];
  /** Why the last shard could not be opened at all. */
  error?: ShownError | undefined;
  /** Options of the last shard, for one more of the same. */
  options?: ShardOptions | undefined;
}

/** Each shard has a worker and a copy of the runtime: more than this would only slow one device down. */
export const MAX_SHARDS_PER_WINDOW = 8;

/** Opens peers with what `load` gives: the engine, which is loaded when somebody lends and not before. */
export class LentShards {
  readonly state = new ValueStore<LentState>({ shards: [] });
  readonly #load: () => Promise<{ openStagePeer: typeof openStagePeer }>;
  #nextKey = 1;

  constructor(load: () => Promise<{ openStagePeer: typeof openStagePeer }>) {
    this.#load = load;
  }

  readonly add = async (options: ShardOptions, count = 1): Promise<void> => {
    this.state.patch({ options, error: undefined });
    try {
      const { openStagePeer } = await this.#load();
      const free = MAX_SHARDS_PER_WINDOW - this.state.get().shards.length;
      const opened = Array.from({ length: Math.min(count, free) }, () => ({
        key: this.#nextKey++,
        peer: openStagePeer(options),
        ...{ options, isPaused: false },
      }));
      this.state.patch({ shards: [...this.state.get().shards, ...opened] });
    } catch (cause) {
      const { code, message, next } = PoolError.from(cause);
      this.state.patch({ error: { code, message, next } });
    }
  };

  /** Frees memory and GPU at once; others take over what it held. */
  readonly pause = (key: number): void => {
    this.#change(key, (shard) => {
      shard.peer.close();
      return { ...shard, isPaused: true };
    });
  };

  /** Lends again, with what is on disk. */
  readonly resume = async (key: number): Promise<void> => {
    const { openStagePeer } = await this.#load();
    this.#change(key, (shard) =>
      shard.isPaused ? { ...shard, peer: openStagePeer(shard.options), isPaused: false } : shard,
    );
  };

  #change(key: number, next: (shard: Shard) => Shard): void {
    const { shards } = this.state.get();
    this.state.patch({ shards: shards.map((shard) => (shard.key === key ? next(shard) : shard)) });
  }

  readonly leave = (key: number): void => {
    const { shards } = this.state.get();
    shards.find((shard) => shard.key === key)?.peer.close();
    this.state.patch({ shards: shards.filter((shard) => shard.key !== key) });
  };
}

const ofWindow = new LentShards(() => import('../../shard-worker/index.ts'));
const NONE: LentState = { shards: [] };

export function useShards(): LentState & Pick<LentShards, 'add' | 'leave' | 'pause' | 'resume'> & { full: boolean } {
  const state = useSyncExternalStore(ofWindow.state.subscribe, ofWindow.state.get, () => NONE);
  const { add, leave, pause, resume } = ofWindow;
  return { ...state, full: state.shards.length >= MAX_SHARDS_PER_WINDOW, add, leave, pause, resume };
}
