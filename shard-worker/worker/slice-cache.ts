// The slices that a worker holds, by their layers: weights and the sessions computed on them. Epochs share a slice, and it
// outlives them for a while: a coalition that forms again with the same layers loads nothing and computes nothing again.
import { PoolError } from '../../protocol/errors.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { LoadStageOptions } from '../model/load-stage.ts';
import { SessionTable } from '../ring/session-table.ts';

/** How far a load is. */
export type SliceProgress = Parameters<NonNullable<LoadStageOptions['onProgress']>>[0];

export interface Slice {
  readonly executor: LayerExecutor;
  readonly sessions: SessionTable;
  /** The quickest step's, milliseconds per layer. */
  readonly msPerLayer: number;
  readonly totalBytes: number;
}

interface Entry {
  /** Epochs that use it. */
  users: number;
  abort: AbortController;
  loading: Promise<Slice>;
  /** What has come so far, for an epoch that joins later. */
  progress: SliceProgress | undefined;
  listeners: Set<(progress: SliceProgress) => void>;
  slice?: Slice;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** A slice and an end to its use, which may be called again. */
export interface SliceUse {
  readonly loaded: Promise<Slice>;
  /** `atOnce`: its memory is wanted, and the last use that ends frees it. */
  release(atOnce?: boolean): void;
}

/** Gives the executor of some layers and how quick it is. Rejects as the download or the runtime does. */
export type LoadSlice = (
  layers: { start: number; end: number },
  options: { signal: AbortSignal; onProgress(progress: SliceProgress): void },
) => Promise<Pick<Slice, 'executor' | 'msPerLayer'>>;

/** Nobody uses it: the next coalition may within that time. */
const UNUSED_MS = 30_000;
/** The same for one that still loads: a plan that follows another comes at once. */
const UNLOADED_MS = 1_000;

export class SliceCache {
  readonly #load: LoadSlice;
  readonly #entries = new Map<string, Entry>();
  /** Their memory is not free yet. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(load: LoadSlice) {
    this.#load = load;
  }

  /** Layers `[start, end)`: those that are here or on their way, else loaded. What nobody uses makes room first. */
  use(layers: { start: number; end: number }, onProgress: (progress: SliceProgress) => void): SliceUse {
    const key = `${layers.start}-${layers.end}`;
    const known = this.#entries.get(key);
    const entry = known ?? this.#begin(key, layers);
    clearTimeout(entry.timer);
    entry.users += 1;
    entry.listeners.add(onProgress);
    if (known?.progress) onProgress(known.progress);
    let isReleased = false;
    return {
      loaded: entry.loading,
      release: (atOnce = false) => {
        if (isReleased) return;
        isReleased = true;
        entry.listeners.delete(onProgress);
        entry.users -= 1;
        if (entry.users > 0) return;
        const waitMs = atOnce ? 0 : entry.slice ? UNUSED_MS : UNLOADED_MS;
        entry.timer = setTimeout(() => void this.#drop(key, entry), waitMs);
      },
    };
  }

  /** Sessions for which nobody has come back are freed. */
  sweep(nowMs: number): void {
    for (const { slice } of this.#entries.values()) slice?.sessions.sweep(nowMs);
  }

  #begin(key: string, layers: { start: number; end: number }): Entry {
    const unused = [...this.#entries].filter(([, { users }]) => users === 0);
    const abort = new AbortController();
    const entry: Entry = { users: 0, abort, listeners: new Set(), progress: undefined, loading: undefined as never };
    const work = async (): Promise<Slice> => {
      for (const [other, old] of unused) void this.#drop(other, old);
      await Promise.all(this.#leaving);
      let totalBytes = 0;
      const { executor, msPerLayer } = await this.#load(layers, {
        signal: abort.signal,
        onProgress: (progress) => {
          entry.progress = progress;
          ({ totalBytes } = progress);
          for (const listener of entry.listeners) listener(progress);
        },
      });
      if (abort.signal.aborted) {
        await executor.dispose();
        throw new PoolError('cancelled', 'The coalition changed while this slice was loading.');
      }
      const sessions = new SessionTable(executor.kvLimitBytes);
      entry.slice = { executor, sessions, msPerLayer, totalBytes };
      return entry.slice;
    };
    const loading = work().catch((thrown) => {
      // The next epoch tries anew.
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw thrown;
    });
    loading.catch(() => {});
    this.#entries.set(key, Object.assign(entry, { loading }));
    return entry;
  }

  async #drop(key: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.abort.abort();
    const leaving = this.#free(entry);
    this.#leaving.add(leaving);
    await leaving.finally(() => this.#leaving.delete(leaving));
  }

  async #free({ slice, loading }: Entry): Promise<void> {
    // One that loads holds its weights, or more, until the runtime has noticed.
    if (!slice) return loading.then(() => {}).catch(() => {});
    for (const session of slice.sessions.all()) slice.sessions.remove(session);
    await slice.executor.dispose();
  }
}
