// A tab's offer on its way to the roster: it waits until the server knows where to pay the tab, where the pool asks for that,
// and has read the pool's model itself. Counts what an address has waiting and what the roster holds of its tabs, so that one
// address fills no table.
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
  /** Rejects where the tab may not serve in this pool; undefined: whoever comes may. */
  admit(peer: PeerId, offer: Offer): Promise<void> | undefined;
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
  /** The latest offer of a tab, while it is looked at or its model is read. */
  readonly #waiting = new Map<PeerId, { offer: Offer; isReading: boolean }>();

  constructor(options: ReadOffersOptions) {
    this.#options = options;
  }

  /** Takes it at once if the model is known, later or never if not. The latest offer of a peer counts. */
  offered(peer: PeerId, from: string, offer: Offer): void {
    const address = addressKey(from);
    this.#count(peer, address);
    const refusal = this.#refusalOf(offer.pool, this.#othersOf(peer, address));
    if (refusal) {
      this.#options.refuse(peer, refusal);
      return;
    }
    this.#waiting.delete(peer);
    const admitting = this.#options.admit(peer, offer);
    if (admitting) this.#wait(peer, { offer, isReading: false }, admitting, () => this.#read(peer, address, offer));
    else this.#read(peer, address, offer);
  }

  #read(peer: PeerId, address: string, offer: Offer): void {
    const { manifests, take, refuse } = this.#options;
    const isWrong = (manifest: ModelManifest): boolean => !sameManifest(manifest, offer.manifest);
    const known = manifests.find(offer.pool);
    if (known && !isWrong(known)) {
      take(peer, offer, known);
      return;
    }
    const others = this.#othersOf(peer, address);
    if (others.filter((other) => this.#waiting.get(other)?.isReading).length >= MAX_READING_PER_ADDRESS) {
      refuse(peer, new PoolError('rate-limited', 'The server reads other models of this address just now.'));
      return;
    }
    const reading = manifests.read(offer.pool, { address, owner: peer }, isWrong);
    this.#wait(peer, { offer, isReading: true }, reading, (read) => take(peer, offer, read));
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

  /** Goes on with what comes, or refuses, unless something else became of the offer meanwhile. */
  #wait<Result>(
    peer: PeerId,
    entry: { offer: Offer; isReading: boolean },
    work: Promise<Result>,
    done: (result: Result) => void,
  ): void {
    this.#waiting.set(peer, entry);
    const end = (): boolean => this.#waiting.get(peer) === entry && this.#waiting.delete(peer);
    work.then(
      (result) => {
        if (end()) done(result);
      },
      (thrown) => {
        if (end()) this.#options.refuse(peer, PoolError.from(thrown));
      },
    );
  }

  #othersOf(peer: PeerId, address: string): PeerId[] {
    return [...(this.#tabs.get(address) ?? [])].filter((other) => other !== peer);
  }

  #count(peer: PeerId, address: string): void {
    this.#addresses.set(peer, address);
    const tabs = this.#tabs.get(address) ?? new Set();
    this.#tabs.set(address, tabs.add(peer));
  }

  /** A tab counts where the roster has it and where it waits to go: an offer that comes to nothing leaves it where it was. */
  #refusalOf(pool: PoolId, others: readonly PeerId[]): PoolError | undefined {
    const { isKept, lentTo } = this.#options;
    const places = others.map((other) => new Set([lentTo(other), this.#waiting.get(other)?.offer.pool]));
    const pools = new Set(places.flatMap((each) => [...each]).filter((one) => one !== undefined && !isKept(one)));
    if (!isKept(pool) && !pools.has(pool) && pools.size >= MAX_POOLS_PER_ADDRESS) {
      return new PoolError('rate-limited', `An address opens at most ${MAX_POOLS_PER_ADDRESS} pools.`);
    }
    if (places.filter((each) => each.has(pool)).length < MAX_TABS_PER_ADDRESS) return undefined;
    return new PoolError('rate-limited', `An address lends at most ${MAX_TABS_PER_ADDRESS} tabs to one pool.`);
  }
}
