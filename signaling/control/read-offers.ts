// A tab's offer on its way to the roster: it waits until the server itself has read the pool's model. Counts what an address
// has waiting and which pools it keeps open, so that one address fills no table.
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
  take(peer: PeerId, offer: Offer, read: ModelManifest): void;
  refuse(peer: PeerId, error: PoolError): void;
}

/** Pools that the tabs of one address hold open by lending to them: of all there may be, a tenth. */
const MAX_POOLS_PER_ADDRESS = 20;
/** Tabs of one address in one pool: of all there may be, half. */
const MAX_TABS_PER_ADDRESS = MAX_PEERS_PER_POOL / 2;
/** Offers of one address that wait for a reading. */
const MAX_READING_PER_ADDRESS = 4;

interface Place {
  address: string;
  pool: PoolId;
  /** Undefined when the roster has it. */
  waiting: Offer | undefined;
}

export class ReadOffers {
  readonly #options: ReadOffersOptions;
  readonly #places = new Map<PeerId, Place>();

  constructor(options: ReadOffersOptions) {
    this.#options = options;
  }

  /** Takes it at once if the model is known, later or never if not. The latest offer of a peer counts. */
  offered(peer: PeerId, address: string, offer: Offer): void {
    const { manifests, take, refuse, isKept } = this.#options;
    const place: Place = { address: addressKey(address), pool: offer.pool, waiting: offer };
    const others = [...this.#places].flatMap(([id, other]) => (id === peer ? [] : [other]));
    const own = others.filter((other) => other.address === place.address);
    const pools = new Set(own.map(({ pool }) => pool).filter((pool) => !isKept(pool)));
    if (!isKept(offer.pool) && !pools.has(offer.pool) && pools.size >= MAX_POOLS_PER_ADDRESS) {
      refuse(peer, new PoolError('rate-limited', `An address opens at most ${MAX_POOLS_PER_ADDRESS} pools.`));
      return;
    }
    if (own.filter(({ pool }) => pool === offer.pool).length >= MAX_TABS_PER_ADDRESS) {
      refuse(peer, new PoolError('rate-limited', `An address lends at most ${MAX_TABS_PER_ADDRESS} tabs to one pool.`));
      return;
    }
    const isWrong = (manifest: ModelManifest): boolean => !sameManifest(manifest, offer.manifest);
    const known = manifests.find(offer.pool);
    this.#places.set(peer, place);
    if (known && !isWrong(known)) {
      place.waiting = undefined;
      take(peer, offer, known);
      return;
    }
    if (own.filter(({ waiting }) => waiting).length >= MAX_READING_PER_ADDRESS) {
      this.left(peer);
      refuse(peer, new PoolError('rate-limited', 'The server reads other models of this address just now.'));
      return;
    }
    manifests.read(offer.pool, isWrong).then(
      (read) => {
        if (this.#places.get(peer) !== place) return;
        place.waiting = undefined;
        take(peer, offer, read);
      },
      (thrown) => {
        if (this.#places.get(peer) !== place) return;
        this.#places.delete(peer);
        refuse(peer, PoolError.from(thrown));
      },
    );
  }

  /** It lends no more. */
  left(peer: PeerId): void {
    this.#places.delete(peer);
  }
}
