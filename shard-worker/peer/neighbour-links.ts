// The links of a stage's tab to its neighbours: asks the broker for them, hands their channels to the worker, and tries
// once more. Says which one broke; what follows from that is the run's business.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { STAGE_LANES } from '../../protocol/limits.ts';
import type { BrokeredChannel, ChannelBroker } from '../host/channel-broker.ts';
import { handOverChannel } from '../host/hand-over-channel.ts';
import type { SpawnedWorker } from '../host/spawn-worker.ts';
import { addLanes } from './add-lanes.ts';

/** A link that must be proved before its epoch is served. */
interface PendingLink {
  resolve(): void;
  reject(error: PoolError): void;
}

export interface NeighbourLinksOptions {
  worker: SpawnedWorker;
  broker(): ChannelBroker;
  /** Whether the epoch is still wanted. */
  isLive(epoch: number): boolean;
  /** A link that this side had asked for broke after it was proved. */
  onBroken(epoch: number, peer: PeerId): void;
}

export class NeighbourLinks {
  readonly #options: NeighbourLinksOptions;
  readonly #pending = new Map<string, PendingLink>();
  readonly #closers = new Map<number, () => void>();

  constructor(options: NeighbourLinksOptions) {
    this.#options = options;
    options.worker.on('link-long', ({ epoch, peer }) => {
      if (options.isLive(epoch)) addLanes(options.broker(), peer, epoch, STAGE_LANES);
    });
    options.worker.on('link-closed', ({ id, epoch, peer, direction, lane }) => {
      this.#closers.get(id)?.();
      this.#closers.delete(id);
      if (lane === 0 && direction === 'out' && options.isLive(epoch) && !this.#pending.has(keyOf(epoch, peer))) {
        options.onBroken(epoch, peer);
      }
    });
  }

  /**
   * Asks a neighbour for a link, once more if it fails: a first ICE round may meet a tab that is still busy. Rejects with
   * `cancelled` when the epoch is over, else as `add-link` does.
   */
  async connect(peer: PeerId, epoch: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const proved = new Promise<void>((resolve, reject) =>
          this.#pending.set(keyOf(epoch, peer), { resolve, reject }),
        );
        proved.catch(() => {});
        await this.#options.broker().connect(peer, epoch);
        return await proved;
      } catch (error) {
        if (!this.#options.isLive(epoch)) throw new PoolError('cancelled', 'The coalition changed.');
        if (attempt === 2) throw error;
      } finally {
        this.#pending.delete(keyOf(epoch, peer));
      }
    }
  }

  /** Of the broker, in the task that created the channel. */
  take(brokered: BrokeredChannel): void {
    const { id, epoch, direction, peer, lane } = brokered;
    this.#closers.set(id, brokered.close);
    const pending = direction === 'out' && lane === 0 ? this.#pending.get(keyOf(epoch, peer)) : undefined;
    handOverChannel(this.#options.worker, brokered).then(
      () => pending?.resolve(),
      (error) => pending?.reject(PoolError.from(error)),
    );
  }
}

const keyOf = (epoch: number, peer: PeerId): string => `${epoch}/${peer}`;
