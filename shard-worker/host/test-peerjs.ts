// A PeerJS without WebRTC, and a broker over it: connections that open, break and answer as a test wants. Used by tests only.
import { EventEmitter } from 'node:events';
import type { PeerId } from '../../protocol/ids.ts';
import { ChannelBroker } from './channel-broker.ts';
import type { BrokeredChannel } from './host.ts';
import { settle } from './test-clock.ts';

export const [SELF, B] = ['a'.repeat(32) as PeerId, 'b'.repeat(32) as PeerId];

export const sdpOf = (byte: string) => ({ sdp: `a=fingerprint:sha-256 ${Array(32).fill(byte).join(':')}\r\n` });

export class FakeConnection extends EventEmitter {
  readonly peer: string;
  readonly metadata: unknown;
  isClosed = false;
  readonly channels: [string, RTCDataChannelInit][] = [];
  readonly sent: string[] = [];
  readonly peerConnection = Object.assign(new EventTarget(), {
    connectionState: 'connected',
    localDescription: sdpOf('AA') as { sdp: string } | null,
    remoteDescription: sdpOf('BB') as { sdp: string } | null,
    createDataChannel: (label: string, init: RTCDataChannelInit) => {
      this.channels.push([label, init]);
      return { label };
    },
  });

  constructor(peer: string, metadata: unknown) {
    super();
    this.peer = peer;
    this.metadata = metadata;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }
}

export class FakePeer extends EventEmitter {
  readonly id: string;
  readonly options: Record<string, unknown>;
  readonly asked: { options: unknown; connection: FakeConnection }[] = [];
  destroyed = false;
  disconnected = false;
  reconnects = 0;

  constructor(id: string, options: Record<string, unknown>) {
    super();
    // PeerJS's own emitter has no bound.
    this.setMaxListeners(0);
    this.id = id;
    this.options = options;
  }

  connect(to: string, options: { metadata: unknown }): FakeConnection {
    const connection = new FakeConnection(to, options.metadata);
    this.asked.push({ options, connection });
    return connection;
  }

  reconnect(): void {
    this.reconnects++;
    this.disconnected = false;
  }

  /** As PeerJS does it when its socket closes. */
  lose(): void {
    this.emit('error', Object.assign(new Error('Lost connection to server.'), { type: 'network' }));
    this.disconnected = true;
    this.emit('disconnected');
  }

  destroy(): void {
    this.destroyed = true;
  }
}

export async function makeBroker(origin = 'https://pool.example') {
  const channels: BrokeredChannel[] = [];
  const peers: FakePeer[] = [];
  const Peer = class extends FakePeer {
    constructor(id: string, options: Record<string, unknown>) {
      super(id, options);
      peers.push(this);
    }
  };
  const broker = new ChannelBroker(
    { self: SELF, origin, iceServers: [], token: 'secret', onChannel: (channel) => channels.push(channel) },
    async () => ({ Peer }) as never,
  );
  const opening = broker.open();
  opening.catch(() => {});
  await settle();
  return { broker, channels, opening, peer: peers[0]!, peers };
}

/** A broker that other peers can reach, and one link that it has asked for. */
export async function ask(lane?: number) {
  const made = await makeBroker();
  made.peer.emit('open');
  await made.opening;
  const asking = made.broker.connect(B, 5, lane);
  asking.catch(() => {});
  await settle();
  return { ...made, asking, ...made.peer.asked[0]! };
}

export type Asked = Awaited<ReturnType<typeof ask>>;

/** One that dials this tab, and is connected. */
export async function dialled(peer: FakePeer, from: string, metadata: unknown) {
  const connection = new FakeConnection(from, metadata);
  peer.emit('connection', connection);
  connection.emit('open');
  await settle();
  return connection;
}
