// The watch of a tab on the other ends of its links: its sentinel says who answers no pulse, the connection whether packets come.
// Tells the server, which asks who is silent; gives a link up where nothing comes over it at all, or where the server says so.
import type { ClientMessage } from '../../protocol/control.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { BrokeredChannel, HostSentinel, HostWorker } from '../host/host.ts';
import type { SentinelEvents } from '../sentinel/sentinel-api.ts';

export interface LinkWatchOptions {
  worker: Pick<HostWorker, 'call'>;
  /** Started when the first link is there. */
  sentinel(): HostSentinel;
  pool: PoolId;
  send(message: ClientMessage): void;
  /** Those that are late, whenever that changes. */
  onLate(peers: readonly PeerId[]): void;
}

/** No packet for so long: the connection itself is dead, or the tab at its other end. */
const NO_PACKETS_MS = 2_500;
/** Whoever is silent still, though it was not given up, is told again: it may have been busy then, and be gone now. */
const SAY_AGAIN_MS = 2_500;
/** Pace at which connections are asked how long their path is; ICE measures each 2.75 s. */
const DISTANCE_EVERY_MS = 2_000;
/**
 * Distance is the least of half a minute: what a path is, and not what stood in its way. Where a dozen tabs share two cores, the
 * least of eight seconds was 287 ms over loopback, and people were refused for it (`npm run bench -- soak`).
 */
const DISTANCES = 15;

/**
 * Links of others that have not shown yet who they are of. Beyond that, the peer that has most of them loses its oldest, and nobody
 * the only one: whoever opens many takes nobody else's watch, and no link goes on unwatched.
 */
const MAX_UNPROVED = 64;
/** A peer is called late once in so long, however many links it has. */
const LATE_AGAIN_MS = 1_000;

interface Watched {
  brokered: BrokeredChannel;
  isProved: boolean;
  state: SentinelEvents['pulse']['state'];
  distances: number[];
  again: ReturnType<typeof setTimeout> | undefined;
}

export class LinkWatch {
  readonly #options: LinkWatchOptions;
  readonly #watched = new Map<number, Watched>();
  /** Who was called late a moment ago. */
  readonly #saidLate = new Set<PeerId>();
  #sentinel: HostSentinel | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
  }

  /** A link's first connection; must run in the task that created its channels. */
  add(brokered: BrokeredChannel): void {
    const { id, pulse } = brokered;
    if (!pulse) return;
    if (!this.#sentinel) {
      this.#sentinel = this.#options.sentinel();
      this.#sentinel.on('pulse', (heard) => void this.#hear(heard));
    }
    const isProved = brokered.direction === 'out';
    this.#watched.set(id, { brokered, isProved, state: 'alive', distances: [], again: undefined });
    this.#makeRoom();
    this.#sentinel.watch(id, pulse);
    this.#timer ??= setInterval(() => void this.#measureAll(), DISTANCE_EVERY_MS);
    void this.#measure(id);
  }

  /** The other end has shown who it is: from now on what its pulse says is told. */
  proved(id: number): void {
    const watched = this.#watched.get(id);
    if (!watched || watched.isProved) return;
    watched.isProved = true;
    if (watched.state !== 'alive') void this.#hear({ id, state: watched.state, silentMs: 0 });
  }

  #makeRoom(): void {
    const unproved = [...this.#watched].filter(([, { isProved }]) => !isProved);
    if (unproved.length <= MAX_UNPROVED) return;
    const counts = new Map<PeerId, number>();
    for (const [, { brokered }] of unproved) counts.set(brokered.peer, (counts.get(brokered.peer) ?? 0) + 1);
    const most = Math.max(...counts.values());
    // The connections of a tab have a bound of their own.
    if (most === 1) return;
    const [oldest] = unproved.find(([, { brokered }]) => counts.get(brokered.peer) === most)!;
    this.remove(oldest);
    void this.#options.worker.call('close-link', { id: oldest }).catch(() => {});
  }

  remove(id: number): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    this.#watched.delete(id);
    clearTimeout(watched.again);
    this.#sentinel?.unwatch(id);
    if (watched.state !== 'alive') this.#tellLate();
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The server has given this peer up: its links are closed, as if they had broken. */
  gone(peer: PeerId): void {
    for (const [id, { brokered, state }] of [...this.#watched]) {
      // Whoever answers is there, whatever is said of it.
      if (brokered.peer === peer && state !== 'alive') this.#close(id);
    }
  }

  /** Watches nothing any more. */
  end(): void {
    for (const id of [...this.#watched.keys()]) this.remove(id);
  }

  async #hear({ id, state }: SentinelEvents['pulse']): Promise<void> {
    const watched = this.#watched.get(id);
    if (!watched) return;
    watched.state = state;
    clearTimeout(watched.again);
    if (!watched.isProved) return;
    this.#tellLate();
    if (state === 'late') this.#sayLate(watched.brokered.peer);
    if (state === 'silent') await this.#tellSilent(id, watched);
  }

  #sayLate(peer: PeerId): void {
    const { pool, send } = this.#options;
    if (this.#saidLate.has(peer)) return;
    this.#saidLate.add(peer);
    setTimeout(() => this.#saidLate.delete(peer), LATE_AGAIN_MS);
    send({ type: 'late', pool, peer });
  }

  async #tellSilent(id: number, watched: Watched): Promise<void> {
    const { pool, send } = this.#options;
    const { peer, epoch, vitals } = watched.brokered;
    const { packetAgeMs } = await vitals().catch(() => ({ packetAgeMs: undefined }));
    if (watched.state !== 'silent' || this.#watched.get(id) !== watched) return;
    // A browser that does not say is taken to have heard nothing: its pulse says so.
    const packets = packetAgeMs !== undefined && packetAgeMs < NO_PACKETS_MS;
    send({ type: 'silent', pool, epoch, peer, packets });
    if (!packets) this.#close(id);
    clearTimeout(watched.again);
    watched.again = setTimeout(() => void this.#tellSilent(id, watched), SAY_AGAIN_MS);
  }

  /** The worker lets the link go, and says so as of any link that broke; nothing else shall use its connection. */
  #close(id: number): void {
    void this.#options.worker.call('close-link', { id }).catch(() => {});
    this.#watched.get(id)?.brokered.close();
  }

  #tellLate(): void {
    const late = [...this.#watched.values()].filter(({ state, isProved }) => isProved && state !== 'alive');
    this.#options.onLate([...new Set(late.map(({ brokered }) => brokered.peer))]);
  }

  async #measureAll(): Promise<void> {
    await Promise.all([...this.#watched.keys()].map((id) => this.#measure(id)));
  }

  async #measure(id: number): Promise<void> {
    const watched = this.#watched.get(id);
    const { rttMs } = (await watched?.brokered.vitals().catch(() => ({}) as { rttMs?: number })) ?? {};
    if (rttMs === undefined || !watched || !this.#watched.has(id)) return;
    watched.distances = [...watched.distances, rttMs].slice(-DISTANCES);
    void this.#options.worker.call('note-distance', { id, ms: Math.min(...watched.distances) }).catch(() => {});
  }
}
