// The links of a tab to other peers: asks the broker for their channels, hands them to the worker, tries again, adds lanes
// to the long ones. Says which link broke; what follows from that is its owner's business.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { BrokeredChannel } from '../host/host.ts';
import type { ClosedLink } from '../worker/worker-api.ts';
import { addLanes } from './add-lanes.ts';
import { LinkWatch } from './link-watch.ts';
import type { PeerSession } from './peer-session.ts';

export interface PeerLinksOptions {
  session: Pick<PeerSession, 'worker' | 'broker' | 'sentinel' | 'send'>;
  pool: PoolId;
  /** Attempts at a link: a first one may meet a tab that is busy, or a connection that fails to come up. */
  tries: number;
  /** Connections of a long link, the first included. */
  lanes: number;
  /** Whether other peers may open links to this one. */
  takesIncoming: boolean;
  /** Whether links of this epoch are wanted still. */
  isWanted(epoch: number): boolean;
  /** A link that this side had asked for broke after it was proved. */
  onBroken(epoch: number, peer: PeerId): void;
  /** These peers have owed an answer for longer than a busy tab would. */
  onLate(peers: readonly PeerId[]): void;
}

/** A link that is waited for until it is proved. */
interface PendingLink {
  resolve(): void;
  reject(error: PoolError): void;
}

export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #pending = new Map<string, PendingLink>();
  /** Channels by epoch, then by the broker's number for them. */
  readonly #channels = new Map<number, Map<number, BrokeredChannel>>();

  readonly #watch: LinkWatch;

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    const { session, pool, lanes, isWanted, onLate } = options;
    this.#watch = new LinkWatch({
      ...{ worker: session.worker, pool, onLate },
      sentinel: () => session.sentinel,
      send: (message) => session.send(message),
    });
    session.worker.on('link-proved', ({ id }) => this.#proved(id));
    session.worker.on('link-closed', (closed) => this.#lost(closed));
    session.worker.on('link-long', ({ epoch, peer }) => {
      if (isWanted(epoch)) addLanes(session.broker, peer, epoch, lanes);
    });
  }

  /** Resolves when the link is proved. Rejects with `cancelled` when its epoch is over, else as `add-link` does. */
  async connect(peer: PeerId, epoch: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#connectOnce(peer, epoch);
      } catch (error) {
        if (!this.#options.isWanted(epoch)) throw new PoolError('cancelled', 'The coalition changed.');
        if (attempt >= this.#options.tries) throw error;
      }
    }
  }

  /** Takes a channel of the broker; must run in the task that created it. */
  take(brokered: BrokeredChannel): void {
    const { id, epoch, peer, direction, lane } = brokered;
    if (direction === 'in' && !this.#options.takesIncoming) {
      brokered.close();
      return;
    }
    const channels = this.#channels.get(epoch) ?? new Map<number, BrokeredChannel>();
    this.#channels.set(epoch, channels.set(id, brokered));
    this.#watch.add(brokered);
    const pending = direction === 'out' && lane === 0 ? this.#pending.get(keyOf(epoch, peer)) : undefined;
    this.#options.session.worker.addLink(brokered).then(
      () => pending?.resolve(),
      (error) => pending?.reject(PoolError.from(error)),
    );
  }

  /** Ends all links of an epoch; they are not told as broken. Their connections may carry the next one's. */
  closeEpoch(epoch: number): void {
    const channels = this.#channels.get(epoch);
    this.#channels.delete(epoch);
    for (const [id, { release }] of channels ?? []) {
      this.#watch.remove(id);
      void this.#options.session.worker.call('close-link', { id }).catch(() => {});
      release(true);
    }
  }

  /** The server has given this peer up. */
  gone(peer: PeerId): void {
    this.#watch.gone(peer);
  }

  async #connectOnce(peer: PeerId, epoch: number): Promise<void> {
    const key = keyOf(epoch, peer);
    const proved = new Promise<void>((resolve, reject) => this.#pending.set(key, { resolve, reject }));
    // It is awaited below; this keeps a failure from counting as unhandled while the channel is on its way.
    proved.catch(() => {});
    try {
      await this.#options.session.broker.connect(peer, epoch);
      await proved;
    } finally {
      this.#pending.delete(key);
    }
  }

  #proved(id: number): void {
    for (const channels of this.#channels.values()) channels.get(id)?.proved();
    this.#watch.proved(id);
  }

  /** A lane that broke closes its link, which is told as well. */
  #lost({ id, epoch, peer, direction, lane }: ClosedLink): void {
    this.#watch.remove(id);
    const channels = this.#channels.get(epoch);
    const isMissed = direction === 'out' && this.#options.isWanted(epoch);
    channels?.get(id)?.release(!isMissed);
    if (!channels?.delete(id)) return;
    if (channels.size === 0) this.#channels.delete(epoch);
    const isAsked = lane === 0 && !this.#pending.has(keyOf(epoch, peer));
    if (isAsked && isMissed) this.#options.onBroken(epoch, peer);
  }
}

const keyOf = (epoch: number, peer: PeerId): string => `${epoch}/${peer}`;
