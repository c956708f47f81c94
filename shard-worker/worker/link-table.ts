// The links of a worker; those that are proved by epoch, direction and peer. Owns their life and counts who was refused;
// what frames mean is the listeners' business.
import type { ErrorCode } from '../../protocol/errors.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { ChannelLink } from '../links/channel-link.ts';
import { openHanded } from '../links/open-handed.ts';
import type { TokenCheck } from '../words/token-check.ts';
import type { ClosedLink, LinkOffer } from './worker-api.ts';

/** After this many unreadable messages a link is closed: its far side is broken or hostile. */
const MAX_FAULTS = 20;

export interface LinkTableOptions {
  /** Who this worker's peer is. */
  identity(): Identity;
  trust: TokenCheck;
  /** This peer's own ticket of an epoch; undefined while this worker has not heard of it. */
  ticketOf(epoch: number): string | undefined;
  onReady(link: ChannelLink): void;
  /** The other end of this connection has shown who it is. */
  onProved(id: number): void;
  /** Once for every connection that was added, proved or not, lanes included. */
  onClosed(offer: ClosedLink): void;
  /** A link that this side asked for is long. */
  onLong(link: Pick<LinkOffer, 'epoch' | 'peer'>): void;
}

export class LinkTable {
  /** All that are open, those that have proved nothing yet included. */
  readonly #open = new Map<ChannelLink, LinkOffer>();
  readonly #proved = new Map<string, ChannelLink>();
  readonly #options: LinkTableOptions;
  /** Messages, words and whole links that were refused since the worker began, by the error's code. */
  readonly refusals: Partial<Record<ErrorCode, number>> = {};

  constructor(options: LinkTableOptions) {
    this.#options = options;
  }

  /** The proved link of that kind, if there is one. */
  get(epoch: number, direction: LinkOffer['direction'], peer: PeerId): ChannelLink | undefined {
    return this.#proved.get(keyOf({ epoch, direction, peer }));
  }

  /** Proved links of an epoch that this side asked for. */
  outgoing(epoch: number): ChannelLink[] {
    return this.#of(`${epoch}/out/`);
  }

  /** Proved links of an epoch that others asked for. */
  incoming(epoch: number): ChannelLink[] {
    return this.#of(`${epoch}/in/`);
  }

  #of(begin: string): ChannelLink[] {
    return [...this.#proved].filter(([key]) => key.startsWith(begin)).map(([, link]) => link);
  }

  /** Round trips of the proved links as far as they are sure, milliseconds: the least where a peer has several. */
  rtts(): { peer: PeerId; ms: number }[] {
    const least = new Map<PeerId, number>();
    for (const { peer, rttMs, isRttSure } of this.#proved.values()) {
      if (isRttSure) least.set(peer, Math.min(rttMs, least.get(peer) ?? rttMs));
    }
    return Array.from(least, ([peer, ms]) => ({ peer, ms }));
  }

  /** Bytes over all open links since they opened. */
  traffic(): { bytesIn: number; bytesOut: number } {
    let bytesIn = 0;
    let bytesOut = 0;
    for (const link of this.#open.keys()) {
      bytesIn += link.bytesIn;
      bytesOut += link.bytesOut;
    }
    return { bytesIn, bytesOut };
  }

  /** Takes a channel over. For `out` it resolves when both ends are proved, and rejects as `ChannelLink.hello` does. */
  async add(offer: LinkOffer): Promise<void> {
    const channel = openHanded(offer);
    const { peer, epoch, direction, fingerprints, id, lane } = offer;
    const closed: ClosedLink = { id, epoch, peer, direction, lane };
    const key = keyOf(offer);
    if (lane > 0) {
      channel.onClose(() => this.#options.onClosed(closed));
      const proved = this.#proved.get(key);
      // A lane of a link that is over by now, or of a stranger.
      if (!proved) return channel.close();
      proved.addLane(lane, channel, fingerprints);
      return this.#options.onProved(id);
    }
    let faults = 0;
    const link: ChannelLink = new ChannelLink({
      peer,
      epoch,
      role: direction === 'out' ? 'asker' : 'answerer',
      identity: this.#options.identity(),
      fingerprints,
      channel,
      trust: this.#options.trust,
      ticketOf: () => this.#options.ticketOf(epoch),
      onProved: () => {
        // Only now: whoever has merely connected under a neighbour's name must not push that neighbour out.
        const older = this.#proved.get(key);
        this.#proved.set(key, link);
        older?.close();
        this.#options.onProved(id);
      },
      onLong: () => this.#options.onLong({ epoch, peer }),
      onFault: (fault) => {
        this.refusals[fault.code] = (this.refusals[fault.code] ?? 0) + 1;
        faults++;
        if (faults >= MAX_FAULTS) link.close();
      },
      onClosed: () => {
        this.#open.delete(link);
        if (this.#proved.get(key) === link) this.#proved.delete(key);
        this.#options.onClosed(closed);
      },
    });
    this.#open.set(link, offer);
    // Listening comes before the proof: the far side may send as soon as it is done with its own part.
    this.#options.onReady(link);
    if (direction === 'out') await link.hello();
  }

  /** How far away the other end of a connection is, as its page knows it. */
  noteDistance(id: number, ms: number): void {
    this.#byId(id)?.noteDistance(ms);
  }

  /** Its page gave it up. */
  close(id: number): void {
    this.#byId(id)?.close();
  }

  closeEpoch(epoch: number): void {
    for (const [link, offer] of [...this.#open]) if (offer.epoch === epoch) link.close();
  }

  #byId(id: number): ChannelLink | undefined {
    return [...this.#open].find(([, offer]) => offer.id === id)?.[0];
  }
}

const keyOf = (offer: Pick<LinkOffer, 'epoch' | 'direction' | 'peer'>): string =>
  `${offer.epoch}/${offer.direction}/${offer.peer}`;
