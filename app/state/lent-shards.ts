// The shards of this window: opens and closes stage peers. They belong to the window and not to a page of it, so that who looks at
// another page goes on lending.
import { useSyncExternalStore } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { openStagePeer, StagePeer } from '../../shard-worker/index.ts';
import { fetchPart } from './fetch-part.ts';
import type { ShownError } from './show-error.ts';

/** Model, backend and memory of a shard to be opened. */
export type ShardOptions = Parameters<typeof openStagePeer>[0];

export interface Shard {
  key: number;
  peer: StagePeer;
  options: ShardOptions;
  /** Its peer has left and freed what it held; what it had loaded stays on disk. */
  isPaused: boolean;
  /** It rests, or is about to, by this window's rules: they may let it lend again. */
  isByRule?: true;
  /** What becomes of it when the answers that run through it have ended. */
  ending?: 'leave' | 'pause';
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

/** So long an answer that runs may keep a shard from leaving. */
const DRAIN_MS = 30_000;

/** Opens peers with what `load` gives: the engine, which is loaded when somebody lends and not before. */
export class LentShards {
  readonly state = new ValueStore<LentState>({ shards: [] });
  readonly #load: () => Promise<{ openStagePeer: typeof openStagePeer }>;
  #nextKey = 1;
  /** The part of the device's time, for each that is opened from now on. */
  #share = 1;

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
        peer: openStagePeer(this.#lent(options)),
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
    this.#rest(key);
  };

  /** Lends again, with what is on disk. */
  readonly resume = async (key: number): Promise<void> => {
    const { openStagePeer } = await this.#load();
    this.#change(key, (shard) => {
      if (!shard.isPaused) return shard;
      const { isByRule: _over, ...rest } = shard;
      return { ...rest, peer: openStagePeer(this.#lent(shard.options)), isPaused: false };
    });
  };

  /** All that lend rest as soon as what runs through them has ended. */
  readonly restByRule = (): void => {
    for (const { key, isPaused, ending } of this.state.get().shards) {
      if (!isPaused && !ending) this.#drain(key, { ending: 'pause', isByRule: true });
    }
  };

  /** Those that lend begin anew with it when their answers have ended: the planner is to know how fast they are then. */
  readonly lendShare = (share: number): void => {
    if (share === this.#share) return;
    this.#share = share;
    this.restByRule();
  };

  #lent(options: ShardOptions): ShardOptions {
    return this.#share < 1 ? { ...options, share: this.#share } : options;
  }

  /** Those that rest by a rule lend again; whoever was told to rest by their person does not. */
  readonly resumeByRule = async (): Promise<void> => {
    const resting = this.state.get().shards.filter(({ isByRule, isPaused }) => isByRule && isPaused);
    await Promise.all(resting.map(({ key }) => this.resume(key)));
  };

  /** Goes when the answers that run through it have ended. */
  readonly leave = (key: number): void => this.#drain(key, { ending: 'leave' });

  /** Goes now: answers that run through it go on over other tabs. */
  readonly leaveNow = (key: number): void => {
    if (this.#find(key)?.ending === 'pause') this.#rest(key);
    else this.#remove(key);
  };

  #drain(key: number, how: Pick<Shard, 'ending' | 'isByRule'>): void {
    const shard = this.#find(key);
    if (!shard) return;
    const isUnderWay = shard.ending !== undefined;
    this.#change(key, (before) => ({ ...before, ...how }));
    if (isUnderWay) return;
    const { state } = shard.peer;
    const finish = (): void => {
      const { phase } = state.get();
      if (phase !== 'left' && phase !== 'failed') return;
      stop();
      const now = this.#find(key);
      // It lends again meanwhile, with another peer.
      if (now?.peer !== shard.peer || !now.ending) return;
      if (now.ending === 'pause') this.#rest(key);
      else this.#remove(key);
    };
    const stop = state.subscribe(finish);
    shard.peer.drain(DRAIN_MS);
    finish();
  }

  #find(key: number): Shard | undefined {
    return this.state.get().shards.find((shard) => shard.key === key);
  }

  #rest(key: number): void {
    const peer = this.#find(key)?.peer;
    this.#change(key, ({ ending: _over, ...shard }) => ({ ...shard, isPaused: true }));
    peer?.close();
  }

  #remove(key: number): void {
    const peer = this.#find(key)?.peer;
    this.state.patch({ shards: this.state.get().shards.filter((shard) => shard.key !== key) });
    peer?.close();
  }

  #change(key: number, next: (shard: Shard) => Shard): void {
    const { shards } = this.state.get();
    this.state.patch({ shards: shards.map((shard) => (shard.key === key ? next(shard) : shard)) });
  }
}

/** Those of this window. */
export const windowShards = new LentShards(() => fetchPart(import('../../shard-worker/index.ts')));
const NONE: LentState = { shards: [] };

export function useShards(): LentState & Pick<LentShards, 'add'> & { full: boolean } {
  const state = useSyncExternalStore(windowShards.state.subscribe, windowShards.state.get, () => NONE);
  return { ...state, full: state.shards.length >= MAX_SHARDS_PER_WINDOW, add: windowShards.add };
}
