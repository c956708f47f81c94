// Misses tabs that say nothing while they load. Their neighbours have no link to them yet that would tell, and weights may come at a
// pace that shows no progress for a minute: a tab that is there says something all the same, if only that it is.
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';

export interface LoadWatchOptions {
  coalitions(): readonly Pick<Coalition, 'pool' | 'state' | 'seats'>[];
  /** It loads, and has said nothing for a while; told again for as long as it says nothing. */
  onMissed(pool: PoolId, peer: PeerId): void;
  now?(): number;
}

/** A tab that loads tells its progress many times a second, where there is any. */
const QUIET_MS = 3_000;
const LOOK_EVERY_MS = 1_000;

export class LoadWatch {
  readonly #options: LoadWatchOptions;
  /** When each of those that have said anything did so last. */
  readonly #heardMs = new Map<PeerId, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: LoadWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  heard(peer: PeerId): void {
    this.#heardMs.set(peer, this.#nowMs());
  }

  left(peer: PeerId): void {
    this.#heardMs.delete(peer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { coalitions, onMissed } = this.#options;
    const sinceMs = this.#nowMs() - QUIET_MS;
    for (const { pool, state, seats } of coalitions()) {
      if (state !== 'forming') continue;
      for (const { peer, ready } of seats) {
        const heardMs = this.#heardMs.get(peer);
        if (!ready && heardMs !== undefined && heardMs <= sinceMs) onMissed(pool, peer);
      }
    }
  }

  #nowMs(): number {
    return this.#options.now?.() ?? performance.now();
  }
}
