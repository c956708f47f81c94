// The links of a worker, by epoch, direction and peer. Owns their life; what frames mean is the listeners' business.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { ChannelLink, type MessageChannelLike } from '../links/channel-link.ts';
import type { LinkOffer } from './worker-api.ts';

/** After this many unreadable messages a link is closed: its far side is broken or hostile. */
const MAX_FAULTS = 20;

/** Messages that wait for a channel to open: a hello each 100 ms for as long as a link may take. */
const MAX_EARLY_MESSAGES = 512;

export interface LinkTableOptions {
  /** The secret of an epoch; undefined while this worker has not heard of it. */
  ticketOf(epoch: number): string | undefined;
  onReady(link: ChannelLink, offer: LinkOffer): void;
  onClosed(offer: LinkOffer): void;
}

export class LinkTable {
  readonly #links = new Map<string, ChannelLink>();
  readonly #options: LinkTableOptions;

  constructor(options: LinkTableOptions) {
    this.#options = options;
  }

  get(epoch: number, direction: LinkOffer['direction'], peer: PeerId): ChannelLink | undefined {
    return this.#links.get(keyOf({ epoch, direction, peer }));
  }

  /** Bytes over all links since they opened. */
  traffic(): { bytesIn: number; bytesOut: number } {
    let bytesIn = 0;
    let bytesOut = 0;
    for (const link of this.#links.values()) {
      bytesIn += link.bytesIn;
      bytesOut += link.bytesOut;
    }
    return { bytesIn, bytesOut };
  }

  /** Takes a channel over. For `out` it resolves when the far side has accepted the ticket. */
  async add(offer: LinkOffer): Promise<void> {
    const channel = offer.channel ? fromDataChannel(offer.channel) : offer.port ? fromPort(offer.port) : undefined;
    if (!channel) throw new PoolError('internal', 'A link came without a channel.');
    let faults = 0;
    const link: ChannelLink = new ChannelLink({
      peer: offer.peer,
      channel,
      checkTicket: (epoch, ticket) => {
        const expected = epoch === offer.epoch ? this.#options.ticketOf(epoch) : undefined;
        return expected === undefined ? undefined : expected === ticket;
      },
      onFault: () => {
        faults++;
        if (faults >= MAX_FAULTS) link.close();
      },
    });
    const key = keyOf(offer);
    this.#links.get(key)?.close();
    this.#links.set(key, link);
    channel.onClose(() => {
      const current = this.#links.get(key);
      // A newer link has taken its place: to say that this one closed would close the newer one's connection.
      if (current && current !== link) return;
      this.#links.delete(key);
      this.#options.onClosed(offer);
    });
    // Listening comes before the hello: the far side may send as soon as it has said welcome.
    this.#options.onReady(link, offer);
    if (offer.direction === 'out') await link.hello(offer.epoch, offer.ticket ?? '');
  }

  closeEpoch(epoch: number): void {
    for (const [key, link] of [...this.#links]) {
      if (!key.startsWith(`${epoch}/`)) continue;
      this.#links.delete(key);
      link.close();
    }
  }
}

const keyOf = (offer: Pick<LinkOffer, 'epoch' | 'direction' | 'peer'>): string =>
  `${offer.epoch}/${offer.direction}/${offer.peer}`;

function fromDataChannel(channel: RTCDataChannel): MessageChannelLike {
  channel.binaryType = 'arraybuffer';
  // Only words of the link itself can come this early: frames wait for the hello.
  const early: Uint8Array<ArrayBuffer>[] = [];
  channel.addEventListener('open', () => {
    for (const message of early.splice(0)) channel.send(message);
  });
  return {
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send(message) {
      if (channel.readyState !== 'connecting') channel.send(message);
      else if (early.length < MAX_EARLY_MESSAGES) early.push(message);
    },
    onMessage(listener) {
      channel.addEventListener('message', (event) => {
        if (event.data instanceof ArrayBuffer) listener(new Uint8Array(event.data));
      });
    },
    onClose: (listener) => channel.addEventListener('close', listener),
    close: () => channel.close(),
  };
}

/** A channel that could not be transferred: the page pumps bytes both ways; `null` says that it closed. */
function fromPort(port: MessagePort): MessageChannelLike {
  const closers: (() => void)[] = [];
  const listeners: ((message: Uint8Array) => void)[] = [];
  port.addEventListener('message', (event) => {
    if (event.data === null) for (const closer of closers) closer();
    else for (const listener of listeners) listener(new Uint8Array(event.data));
  });
  port.start();
  return {
    bufferedAmount: 0,
    send: (message) => port.postMessage(message.buffer, [message.buffer]),
    onMessage: (listener) => void listeners.push(listener),
    onClose: (listener) => void closers.push(listener),
    close: () => port.postMessage(null),
  };
}
