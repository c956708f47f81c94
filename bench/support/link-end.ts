// Runs in a page: one end of a link of the product, made by its own broker and proved, and beside it one plain data channel.
// Both carry frames that say when they were sent.
import { parseServerMessage } from '../../protocol/control.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { STAGE_LANES } from '../../protocol/limits.ts';
import { ChannelBroker } from '../../shard-worker/host/channel-broker.ts';
import type { ChannelLink } from '../../shard-worker/links/channel-link.ts';
import { addLanes } from '../../shard-worker/peer/add-lanes.ts';
import { ControlClient } from '../../shard-worker/peer/control-client.ts';
import { controlUrl } from '../../shard-worker/peer/site.ts';
import { LinkTable } from '../../shard-worker/worker/link-table.ts';

export interface LinkTerms {
  origin: string;
  epoch: number;
  ticket: string;
  orchestratorKey: string;
}

export type Way = 'link' | 'plain';

/** One page's end, as the bench drives it. Times are of `performance.timeOrigin` and on, milliseconds. */
export interface LinkEnd {
  /** This end's id, for whom a ticket is sealed. */
  self(): Promise<PeerId>;
  /** Listens; asks `to` for a link when it is given. Resolves for the asker when the link is proved. */
  open(terms: LinkTerms, to?: PeerId): Promise<void>;
  /** A description of the plain connection, all candidates inside: an offer, or the answer to `offer`. */
  describe(offer?: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit>;
  accept(answer: RTCSessionDescriptionInit): Promise<void>;
  send(way: Way, bytes: number): void;
  /** One-way time of the next frame to come, or of one that came since the last call. */
  next(way: Way): Promise<number>;
  ready(): boolean;
  /** Connections that the link is striped over; the product adds them when it finds the link long. */
  lanes(): number;
}

declare global {
  interface Window {
    linkEnd: LinkEnd;
  }
}

const now = (): number => performance.timeOrigin + performance.now();
const arrivals: Record<Way, number[]> = { link: [], plain: [] };
const waiting: Partial<Record<Way, (ms: number) => void>> = {};

function stamped(bytes: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(bytes);
  new DataView(frame.buffer).setFloat64(0, now());
  return frame;
}

function arrived(way: Way, frame: Uint8Array): void {
  const sentMs = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getFloat64(0);
  const ms = now() - sentMs;
  if (waiting[way]) waiting[way](ms);
  else arrivals[way].push(ms);
  delete waiting[way];
}

let keys: Promise<CryptoKeyPair> | undefined;
const ownKeys = (): Promise<CryptoKeyPair> => {
  keys ??= newIdentityKeys();
  return keys;
};
const ownIdentity = async (): Promise<Identity> => identityOf(await ownKeys());

/** The server lets into its broker whom it knows by the control socket. */
async function brokerToken(origin: string): Promise<string> {
  const own = await ownKeys();
  return new Promise((resolve, reject) => {
    new ControlClient(
      controlUrl(origin),
      own,
      {
        onWelcome: ({ brokerToken: token }) => resolve(token),
        onMessage: () => {},
        onDown: reject,
        vitals: () => ({ sessions: 0, tokens: 0 }),
      },
      { read: parseServerMessage },
    );
  });
}

let link: ChannelLink | undefined;

async function open(terms: LinkTerms, to?: PeerId): Promise<void> {
  const own = await ownIdentity();
  const { origin, epoch, ticket, orchestratorKey } = terms;
  const token = await brokerToken(origin);
  const proved = new Map<number, () => void>();
  await new Promise<void>((resolve, reject) => {
    const links = new LinkTable({
      identity: () => own,
      trust: { orchestratorKey: () => orchestratorKey },
      ticketOf: () => ticket,
      onReady(ready) {
        link = ready;
        ready.listen({
          onFrame: (bytes) => arrived('link', bytes),
          onClose: () => console.error('The link was closed.'),
        });
      },
      onClosed: () => {},
      onProved: (id) => proved.get(id)?.(),
      onLong: ({ peer }) => addLanes(broker, peer, epoch, STAGE_LANES),
    });
    const broker = new ChannelBroker({
      self: own.peer,
      origin,
      iceServers: [],
      token,
      onChannel: ({ close: _close, ...offer }) => {
        proved.set(offer.id, offer.proved);
        void links.add(offer).then(resolve, reject);
      },
    });
    if (to) broker.connect(to, epoch).catch(reject);
    else broker.open().then(resolve, reject);
  });
}

const plain = {
  connection: undefined as RTCPeerConnection | undefined,
  channel: undefined as RTCDataChannel | undefined,
};

async function describe(offer?: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
  const connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('plain', { negotiated: true, id: 1 });
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }) => arrived('plain', new Uint8Array(data));
  Object.assign(plain, { connection, channel });
  if (offer) await connection.setRemoteDescription(offer);
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 10));
  return connection.localDescription!.toJSON();
}

window.linkEnd = {
  self: async () => (await ownIdentity()).peer,
  open,
  describe,
  accept: (answer) => plain.connection!.setRemoteDescription(answer),
  send(way, bytes) {
    const frame = stamped(bytes);
    if (way === 'link') link!.send(frame);
    else plain.channel!.send(frame);
  },
  next: (way) =>
    new Promise((resolve) => {
      const early = arrivals[way].shift();
      if (early !== undefined) resolve(early);
      else waiting[way] = resolve;
    }),
  ready: () => link?.standing !== undefined && plain.channel?.readyState === 'open',
  lanes: () => link?.lanes ?? 0,
};
