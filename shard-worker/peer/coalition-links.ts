// The links of a tab that asks: to the entry and the exit of the coalition that serves, made anew for each epoch. Owns
// their life; the worker drives over them.
import type { Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { DRIVER_LANES } from '../../protocol/limits.ts';
import { type BrokeredChannel, ChannelBroker } from '../host/channel-broker.ts';
import { handOverChannel } from '../host/hand-over-channel.ts';
import type { SpawnedWorker } from '../host/spawn-worker.ts';
import { addLanes } from './add-lanes.ts';

export interface CoalitionLinksOptions {
  worker: SpawnedWorker;
  origin: string;
  /** Answers go over this coalition from now on. */
  onUse(coalition: Coalition): void;
  /** What ran over this epoch continues on the next one. */
  onDrop(epoch: number): void;
  /** The links could not be made. */
  onFail(error: unknown): void;
}

/** A first attempt may meet a stage that is busy, or a connection that fails to come up. */
const LINK_TRIES = 3;

export class CoalitionLinks {
  readonly #options: CoalitionLinksOptions;
  readonly #proofs = new Map<string, (error?: PoolError) => void>();
  /** Of the links of an epoch, by their ids. */
  readonly #closers = new Map<number, Map<number, () => void>>();
  /** Epochs that are linked or about to be. */
  readonly #epochs = new Set<number>();
  #broker: ChannelBroker | undefined;
  #linked: number | undefined;
  #closed = false;

  constructor(options: CoalitionLinksOptions) {
    this.#options = options;
    options.worker.on('link-closed', ({ id, epoch, lane }) => this.#lost(id, epoch, lane));
    options.worker.on('link-long', ({ epoch, peer }) => {
      if (this.#broker && this.#epochs.has(epoch)) addLanes(this.#broker, peer, epoch, DRIVER_LANES);
    });
  }

  /** The epoch that answers go to. */
  get linked(): number | undefined {
    return this.#linked;
  }

  /** At each welcome; the first one decides. `token`: the secret of this peer towards the broker. */
  open(self: PeerId, token: string, iceServers: RTCIceServer[]): void {
    const onChannel = (channel: BrokeredChannel) => this.#take(channel);
    this.#broker ??= new ChannelBroker({ self, token, origin: this.#options.origin, iceServers, onChannel });
  }

  /** A coalition that serves, with this tab's ticket to it; or a fresh ticket to one that is linked. */
  async use(coalition: Coalition, ticket: string): Promise<void> {
    const { epoch } = coalition;
    const isNew = !this.#epochs.has(epoch);
    this.#epochs.add(epoch);
    try {
      await this.#options.worker.call('hold-ticket', { epoch, ticket });
      if (isNew) await this.#link(coalition);
      else if (this.#linked === epoch) this.#options.onUse(coalition);
    } catch (error) {
      if (!isNew) return;
      this.#epochs.delete(epoch);
      this.#closeEpoch(epoch);
      if (!this.#closed && this.#linked === undefined) this.#options.onFail(error);
    }
  }

  /** This epoch is over. */
  drop(epoch: number): void {
    if (!this.#epochs.delete(epoch)) return;
    const error = new PoolError('stage-left', 'A stage of the route left.').toShape();
    void this.#options.worker.call('drop-coalition', { epoch, error }).catch(() => {});
    this.#closeEpoch(epoch);
    if (this.#linked !== epoch) return;
    this.#linked = undefined;
    this.#options.onDrop(epoch);
  }

  close(): void {
    this.#closed = true;
    this.#broker?.close();
  }

  /** Links to entry and exit, then answers go there; the old epoch's links go when nothing runs over them. */
  async #link(coalition: Coalition): Promise<void> {
    const { epoch, seats } = coalition;
    const ends = new Set([seats[0]!.peer, seats[seats.length - 1]!.peer]);
    await Promise.all([...ends].map((peer) => this.#linkTo(peer, epoch)));
    if (!this.#epochs.has(epoch)) return;
    await this.#options.worker.call('use-coalition', { epoch, seats });
    this.#linked = epoch;
    this.#options.onUse(coalition);
  }

  async #linkTo(peer: PeerId, epoch: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#linkOnce(peer, epoch);
      } catch (error) {
        if (attempt >= LINK_TRIES || this.#closed || !this.#epochs.has(epoch)) throw error;
      }
    }
  }

  async #linkOnce(peer: PeerId, epoch: number): Promise<void> {
    const proved = new Promise<void>((resolve, reject) => {
      this.#proofs.set(`${epoch}/${peer}`, (error) => (error ? reject(error) : resolve()));
    });
    proved.catch(() => {});
    try {
      await this.#broker!.connect(peer, epoch);
      await proved;
    } finally {
      this.#proofs.delete(`${epoch}/${peer}`);
    }
  }

  #take(brokered: BrokeredChannel): void {
    const { id, epoch, peer, direction, lane } = brokered;
    // Nobody has a reason to open a link to a driver.
    if (direction === 'in') {
      brokered.close();
      return;
    }
    const closers = this.#closers.get(epoch) ?? new Map<number, () => void>();
    this.#closers.set(epoch, closers.set(id, brokered.close));
    const settle = lane === 0 ? this.#proofs.get(`${epoch}/${peer}`) : undefined;
    handOverChannel(this.#options.worker, brokered).then(
      () => settle?.(),
      (error) => settle?.(PoolError.from(error)),
    );
  }

  #lost(id: number, epoch: number, lane: number): void {
    const closers = this.#closers.get(epoch);
    // A link of an earlier attempt at this epoch says nothing about the present one; a lane that broke closes its link.
    if (lane === 0 && closers?.has(id)) this.drop(epoch);
    else {
      closers?.get(id)?.();
      closers?.delete(id);
    }
  }

  #closeEpoch(epoch: number): void {
    for (const close of this.#closers.get(epoch)?.values() ?? []) close();
    this.#closers.delete(epoch);
  }
}
