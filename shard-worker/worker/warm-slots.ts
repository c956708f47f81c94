// The slices that a worker without a seat holds in reserve: loads them one after another, the most wanted first, and tells of
// each how far it is and how it ended.
import type { SliceCache, SliceUse } from './slice-cache.ts';
import type { TellPage } from './worker-api.ts';

interface Layers {
  readonly start: number;
  readonly end: number;
}

interface Held {
  readonly layers: Layers;
  readonly use: SliceUse;
  isReady: boolean;
}

/** Progress is told at this pace at most: a page cannot show more. */
export const TELL_EVERY_MS = 100;

export class WarmSlots {
  readonly #slices: Pick<SliceCache, 'use'>;
  readonly #tell: TellPage;
  #wanted: readonly Layers[] = [];
  #held: Held[] = [];
  #isLoading = false;

  constructor(slices: Pick<SliceCache, 'use'>, tell: TellPage) {
    this.#slices = slices;
    this.#tell = tell;
  }

  /** These and no others. Of those that are there already it is told at once. */
  hold(layers: readonly Layers[]): void {
    this.#wanted = layers;
    this.#letGo(({ layers: held }) => layers.every((each) => !isSame(each, held)), true);
    for (const { layers: held, isReady } of this.#held) if (isReady) this.#ended(held, true);
    void this.#load();
  }

  /** Lets go of all but these at once. Call what it gives when they are in use as a seat's. */
  keepOnly(layers: Layers): () => void {
    this.#wanted = [];
    this.#letGo(({ layers: held }) => !isSame(held, layers), true);
    return () => this.#letGo(() => true, false);
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    for (;;) {
      const next = this.#wanted.find((layers) => !this.#find(layers));
      if (!next) break;
      const held: Held = { layers: next, use: this.#slices.use(next, this.#progressOf(next)), isReady: false };
      this.#held.push(held);
      const isReady = await held.use.loaded.then(
        () => true,
        () => false,
      );
      // It was let go of meanwhile: nobody wants to hear of it.
      if (!this.#held.includes(held)) continue;
      held.isReady = isReady;
      if (!isReady) {
        this.#wanted = this.#wanted.filter((layers) => layers !== next);
        this.#letGo((each) => each === held, true);
      }
      this.#ended(next, isReady);
    }
    this.#isLoading = false;
  }

  #find(layers: Layers): Held | undefined {
    return this.#held.find((held) => isSame(held.layers, layers));
  }

  #letGo(isMeant: (held: Held) => boolean, atOnce: boolean): void {
    const gone = this.#held.filter(isMeant);
    this.#held = this.#held.filter((held) => !gone.includes(held));
    for (const { use } of gone) use.release(atOnce);
  }

  #progressOf({ start, end }: Layers): (progress: { loadedBytes: number; totalBytes: number }) => void {
    let toldMs = 0;
    return ({ loadedBytes, totalBytes }) => {
      const now = performance.now();
      if (now - toldMs < TELL_EVERY_MS && loadedBytes < totalBytes) return;
      toldMs = now;
      this.#tell('warm-progress', { start, end, loadedBytes, totalBytes });
    };
  }

  #ended({ start, end }: Layers, isReady: boolean): void {
    this.#tell('warm-ended', { start, end, isReady });
  }
}

const isSame = (a: Layers, b: Layers): boolean => a.start === b.start && a.end === b.end;
