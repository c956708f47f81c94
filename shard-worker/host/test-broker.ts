// A broker without WebRTC: channels that carry nothing, made and broken as a test wants. Used by tests only.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Broker, BrokeredChannel, BrokerOptions, ConnectionVitals } from './host.ts';

type Asked = Pick<BrokeredChannel, 'peer' | 'epoch' | 'lane'>;

/** What lies between the tabs. */
export interface TestNet {
  readonly isBrokerUp: boolean;
  readonly unreachable: ReadonlySet<PeerId>;
}

export class TestBroker implements Broker {
  readonly options: BrokerOptions;
  /** What this side has asked for, in order. */
  readonly asked: Asked[] = [];
  /** All channels that there ever were, in order, and which of them are closed. */
  readonly channels: BrokeredChannel[] = [];
  readonly closed = new Set<number>();
  /** Links whose other end has shown who it is. */
  readonly proved = new Set<number>();
  /** Those whose link is over, and whether their connection may carry another one. */
  readonly released = new Map<number, 'fit' | 'unfit'>();
  /** Those that came after the first. */
  readonly tokens: string[] = [];
  /** What the connections to a peer say of themselves. */
  readonly vitals = new Map<PeerId, ConnectionVitals>();
  /** Whom it was to be connected to, last. */
  held: readonly PeerId[] = [];
  isOpen = false;
  isResting = false;
  isClosed = false;
  readonly #net: TestNet;

  constructor(options: BrokerOptions, net: TestNet) {
    this.options = options;
    this.#net = net;
  }

  async open(): Promise<void> {
    if (!this.#net.isBrokerUp) throw new PoolError('link-failed', 'The connection broker refused this tab.');
    this.isOpen = true;
  }

  renew(token: string): void {
    this.tokens.push(token);
    this.isResting = false;
  }

  hold(peers: readonly PeerId[]): void {
    this.held = peers;
  }

  rest(): void {
    this.isResting = true;
  }

  async connect(peer: PeerId, epoch: number, lane = 0): Promise<void> {
    this.asked.push({ peer, epoch, lane });
    await Promise.resolve();
    if (this.#net.unreachable.has(peer)) throw new PoolError('link-failed', 'The other tab is not there any more.');
    this.make({ peer, epoch, lane, direction: 'out' });
  }

  /** A channel as from another peer, or one that this side asked for. */
  make(about: Asked & Pick<BrokeredChannel, 'direction'>): BrokeredChannel {
    const id = this.channels.length + 1;
    const brokered: BrokeredChannel = {
      ...about,
      id,
      channel: {} as RTCDataChannel,
      fingerprints: { local: 'a'.repeat(64), remote: 'b'.repeat(64) },
      ...(about.lane === 0 ? { pulse: {} as RTCDataChannel } : {}),
      vitals: async () => this.vitals.get(about.peer) ?? {},
      proved: () => void this.proved.add(id),
      release: (isFit) => void this.released.set(id, isFit ? 'fit' : 'unfit'),
      close: () => void this.closed.add(id),
    };
    this.channels.push(brokered);
    this.options.onChannel(brokered);
    return brokered;
  }

  close(): void {
    this.isClosed = true;
  }
}
