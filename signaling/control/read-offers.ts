// A tab's offer on its way to the roster: it waits until the server itself has read the pool's model. Counts what an address
// has waiting and what the roster holds of its tabs, so that one address fills no table.
import type { ClientMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { addressKey } from '../http/client-address.ts';
import type { KnownManifests } from '../models/known-manifests.ts';
import { sameManifest } from '../roster/change-members.ts';
import { MAX_PEERS_PER_POOL } from '../roster/roster-state.ts';

type Offer = Extract<ClientMessage, { type: 'offer' }>;

export interface ReadOffersOptions {
  manifests: Pick<KnownManifests, 'find' | 'read'>;
  /** Pools that somebody made or configured: they count for nobody. */
  isKept(pool: PoolId): boolean;
  /** Where the roster has this tab now, whatever it asked for since. */
  lentTo(peer: PeerId): PoolId | undefined;
  take(peer: PeerId, offer: Offer, read: ModelManifest): void;
  refuse(peer: PeerId, error: PoolError): void;
}

/** Pools that the tabs of one address hold open by lending to them: of all there may be, a tenth. */
const MAX_POOLS_PER_ADDRESS = 20;
/** Tabs of one address in one pool: of all there may be, half. */
const MAX_TABS_PER_ADDRESS = MAX_PEERS_PER_POOL / 2;
/** Offers of one address that wait for a reading. */
const MAX_READING_PER_ADDRESS = 4;

export class ReadOffers {
  readonly #options: ReadOffersOptions;
  /** Tabs that have offered themselves and not left, by address. */
  readonly #tabs = new Map<string, Set<PeerId>>();
  readonly #addresses = new Map<PeerId, string>();
  /** The latest offer of a tab, while its model is read. */
  readonly #waiting = new Map<PeerId, Offer>();

  constructor(options: ReadOffersOptions) {
    this.#options = options;
  }

  /** Takes it at once if the model is known, later or never if not. The latest offer of a peer counts. */
  offered(peer: PeerId, from: string, offer: Offer): void {
    const { manifests, take, refuse } = this.#options;
    const address = addressKey(from);
    this.#count(peer, address);
    const others = [...(this.#tabs.get(address) ?? [])].filter((other) => other !== peer);
    const refusal = this.#refusalOf(offer.pool, others);
    if (refusal) {
      refuse(peer, refusal);
      return;
    }
    const isWrong = (manifest: ModelManifest): boolean => !sameManifest(manifest, offer.manifest);
    const known = manifests.find(offer.pool);
    this.#waiting.delete(peer);
    if (known && !isWrong(known)) {
      take(peer, offer, known);
      return;
    }
    if (others.filter((other) => this.#waiting.has(other)).length >= MAX_READING_PER_ADDRESS) {
      refuse(peer, new PoolError('rate-limited', 'The server reads other models of this address just now.'));
      return;
    }
    this.#waiting.set(peer, offer);
    manifests.read(offer.pool, { address, owner: peer }, isWrong).then(
      (read) => {
        if (this.#endWaiting(peer, offer)) take(peer, offer, read);
      },
      (thrown) => {
        if (this.#endWaiting(peer, offer)) refuse(peer, PoolError.from(thrown));
      },
    );
  }

  /** It lends no more. */
  left(peer: PeerId): void {
    this.#waiting.delete(peer);
    const address = this.#addresses.get(peer);
    this.#addresses.delete(peer);
    if (address === undefined) return;
    const tabs = this.#tabs.get(address);
    tabs?.delete(peer);
    if (tabs?.size === 0) this.#tabs.delete(address);
  }

  #count(peer: PeerId, address: string): void {
    this.#addresses.set(peer, address);
    const tabs = this.#tabs.get(address) ?? new Set();
    this.#tabs.set(address, tabs.add(peer));
  }

  /** A tab counts where the roster has it and where it waits to go: an offer that comes to nothing leaves it where it was. */
  #refusalOf(pool: PoolId, others: readonly PeerId[]): PoolError | undefined {
    const { isKept, lentTo } = this.#options;
    const places = others.map((other) => new Set([lentTo(other), this.#waiting.get(other)?.pool]));
    const pools = new Set(places.flatMap((each) => [...each]).filter((one) => one !== undefined && !isKept(one)));
    if (!isKept(pool) && !pools.has(pool) && pools.size >= MAX_POOLS_PER_ADDRESS) {
      return new PoolError('rate-limited', `An address opens at most ${MAX_POOLS_PER_ADDRESS} pools.`);
    }
    if (places.filter((each) => each.has(pool)).length < MAX_TABS_PER_ADDRESS) return undefined;
    return new PoolError('rate-limited', `An address lends at most ${MAX_TABS_PER_ADDRESS} tabs to one pool.`);
  }

  /** False when something else became of it meanwhile. */
  #endWaiting(peer: PeerId, offer: Offer): boolean {
    return this.#waiting.get(peer) === offer && this.#waiting.delete(peer);
  }
}
