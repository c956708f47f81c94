// How many bytes of files this process holds in memory at once, over all owners and of each. Counts what has come in, never
// what was announced: whoever sends slowly holds little. Pure but for its own count.
import { PoolError } from '../../protocol/errors.ts';

export interface ByteLimits {
  /** All owners together may hold so many. */
  memoryBytes: number;
  /** One owner may hold so many. */
  ownerMemoryBytes: number;
}

/** What one request holds. */
export interface ByteHold {
  /** So many more. Throws `rate-limited`, and counts nothing, where there is no room for them. */
  take(bytes: number): void;
  /** It holds nothing any more. */
  release(): void;
}

/** An upload of the largest size takes some seconds to be read and kept. */
const RETRY_SECONDS = 5;

export class ByteBudget {
  readonly #limits: ByteLimits;
  readonly #ofOwner = new Map<string, number>();
  #held = 0;

  constructor(limits: ByteLimits) {
    this.#limits = limits;
  }

  /** Held now, by all. */
  get heldBytes(): number {
    return this.#held;
  }

  open(owner: string): ByteHold {
    let own = 0;
    return {
      take: (bytes) => {
        const ofOwner = this.#ofOwner.get(owner) ?? 0;
        if (ofOwner + bytes > this.#limits.ownerMemoryBytes) throw full('Your files under way are too large together.');
        if (this.#held + bytes > this.#limits.memoryBytes) throw full('Too many files are under way at this moment.');
        own += bytes;
        this.#count(owner, bytes);
      },
      release: () => {
        this.#count(owner, -own);
        own = 0;
      },
    };
  }

  #count(owner: string, bytes: number): void {
    this.#held += bytes;
    const ofOwner = (this.#ofOwner.get(owner) ?? 0) + bytes;
    if (ofOwner > 0) this.#ofOwner.set(owner, ofOwner);
    else this.#ofOwner.delete(owner);
  }
}

const full = (sentence: string): PoolError =>
  new PoolError('rate-limited', sentence, { data: { retryAfterSeconds: RETRY_SECONDS } });
