// The rings that a driver's tab could use now, by epoch, and who waits for one. Owns no links.
import { PoolError } from '../../protocol/errors.ts';

/** What the table knows of one: a `RingClient` or a `LoopRing`. */
interface TableRing {
  readonly epoch: number;
  readonly ring: number;
  readonly ended: PoolError | undefined;
  end(error: PoolError): void;
}

export interface AcquireOptions<Ring> {
  signal?: AbortSignal | undefined;
  /** This epoch and no other; by default the newest. */
  epoch?: number;
  /** This one of several that answer side by side, and another only where it is not whole again soon. */
  ring?: number | undefined;
  /** It just failed: another one is waited for, and after a while it is tried again after all. */
  avoid?: Ring | undefined;
  timeoutMs: number;
}

/** A coalition that broke is replaced within seconds; one that mended itself is the only one there will be. */
const AVOID_MS = 10_000;
/** The next epoch of a ring holds most of what was computed: it is worth that wait. */
const OWN_RING_MS = 3_000;

export class RingTable<Ring extends TableRing> {
  readonly #rings = new Map<number, Ring>();
  /** Epochs that somebody is answered over: the others are there for whoever names them. */
  readonly #served = new Set<number>();
  /** Epochs that are over, for those that know them only. */
  readonly #retired = new Set<number>();
  readonly #waiting = new Set<() => void>();
  #newest: Ring | undefined;

  /** The one that serves now. */
  get newest(): Ring | undefined {
    return this.#newest && !this.#newest.ended ? this.#newest : undefined;
  }

  /** Nothing newer has taken its place. */
  isCurrent(ring: Ring): boolean {
    return this.#newestOf(ring.ring) === ring;
  }

  #newestOf(ring: number): Ring | undefined {
    return this.#newestServed((one) => one.ring === ring);
  }

  #newestServed(isWanted: (ring: Ring) => boolean): Ring | undefined {
    const all = [...this.#rings.values()].filter((one) => this.#served.has(one.epoch) && !one.ended && isWanted(one));
    return all.sort((a, b) => b.epoch - a.epoch)[0];
  }

  /** `serves`: it is known to; otherwise it is there for whoever names its epoch, until `serve`. */
  add(ring: Ring, serves = true): void {
    this.#rings.set(ring.epoch, ring);
    if (serves || this.#served.has(ring.epoch)) this.serve(ring.epoch);
    else for (const look of [...this.#waiting]) look();
  }

  /** Somebody is answered over this epoch. */
  serve(epoch: number): void {
    const ring = this.#rings.get(epoch);
    if (!ring || this.#retired.has(epoch)) return;
    this.#served.add(epoch);
    if (!this.newest || epoch >= this.newest.epoch) this.#newest = ring;
    for (const look of [...this.#waiting]) look();
  }

  /** What runs over it may end; nobody is given it who does not name it. */
  retire(epoch: number): void {
    const ring = this.#rings.get(epoch);
    if (!ring) return;
    this.#retired.add(epoch);
    this.#unserve(ring);
  }

  /** Laps over this epoch end with `error`. */
  drop(epoch: number, error: PoolError): void {
    const ring = this.#rings.get(epoch);
    this.#rings.delete(epoch);
    this.#retired.delete(epoch);
    ring?.end(error);
    if (ring) this.#unserve(ring);
  }

  #unserve(ring: Ring): void {
    this.#served.delete(ring.epoch);
    // An older one that still serves is better than none.
    if (this.#newest === ring) this.#newest = this.#newestServed(() => true);
  }

  /** Rejects with `no-stages`, for one epoch with `epoch-stale`, or with `cancelled`. */
  acquire({ signal, epoch, ring: wanted, avoid, timeoutMs }: AcquireOptions<Ring>): Promise<Ring> {
    return new Promise((resolve, reject) => {
      let avoided = avoid;
      let own = wanted;
      const end = (settle: () => void) => {
        clearTimeout(timer);
        clearTimeout(avoidTimer);
        clearTimeout(ownTimer);
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const look = () => {
        const ring = epoch === undefined ? this.#pick(own, avoided) : this.#rings.get(epoch);
        if (ring && !ring.ended && ring !== avoided) end(() => resolve(ring));
      };
      const onAbort = () => end(() => reject(new PoolError('cancelled', 'Stopped while waiting for a coalition.')));
      const onLate = () =>
        end(() =>
          reject(
            epoch === undefined
              ? new PoolError('no-stages', 'No coalition serves this model now.')
              : new PoolError('epoch-stale', 'This tab is not the entry of that coalition, or not any more.'),
          ),
        );
      const avoidTimer = setTimeout(() => {
        avoided = undefined;
        look();
      }, AVOID_MS);
      const ownTimer = setTimeout(() => {
        own = undefined;
        look();
      }, OWN_RING_MS);
      const timer = setTimeout(onLate, timeoutMs);
      this.#waiting.add(look);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) onAbort();
      else look();
    });
  }

  /** The newest of one ring; of any, one that is not avoided rather than one that is. */
  #pick(ring: number | undefined, avoided: Ring | undefined): Ring | undefined {
    if (ring !== undefined) return this.#newestOf(ring);
    if (this.newest !== avoided) return this.newest;
    const rings = new Set([...this.#rings.values()].map((one) => one.ring));
    return [...rings].map((one) => this.#newestOf(one)).find((one) => one && one !== avoided) ?? this.newest;
  }
}
