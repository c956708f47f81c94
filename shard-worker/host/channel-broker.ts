// PeerJS brokers the connection; a raw data channel beside PeerJS's own carries the frames. Hands each channel over in
// the very task that created it, because only then can it be transferred to a worker.

import type { DataConnection, Peer } from 'peerjs';
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';
import { LINK_TIMEOUT_MS, MAX_LANES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { fingerprintOf } from '../../protocol/link-proof.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import type { Broker, BrokeredChannel, BrokerOptions } from './host.ts';
import { KeptConnection } from './kept-connection.ts';
import { readVitals } from './read-vitals.ts';
import { retryPauseMs } from './retry-pause.ts';

/** Connections that a tab has at once, those half open by strangers included: lanes count, and browsers end at 500. */
const MAX_CONNECTIONS = 256;

/** Those among them that others hold for later links. */
const MAX_HELD = 32;

/** A server that has just gone, or come, may miss a first try. */
const FIRST_TRIES = 3;

/** Its `version` is for people who look: another one is answered by the link itself, with a word. */
const metadataSchema = z.object({
  epoch: z.number().check(z.int(), z.gte(0)),
  /** Which connection of their link it is; absent: the first. */
  lane: z.optional(z.number().check(z.int(), z.gte(0), z.lt(MAX_LANES))),
  /** No link runs over it yet; the dialler closes it when none will. */
  isHeld: z.optional(z.boolean()),
});

type LoadPeerJs = () => Promise<Pick<typeof import('peerjs'), 'Peer'>>;

export class ChannelBroker implements Broker {
  readonly #options: BrokerOptions;
  readonly #load: LoadPeerJs;
  /** Those that are up. */
  readonly #kept = new Set<KeptConnection>();
  /** All, those that are on their way included. */
  readonly #connections = new Set<DataConnection>();
  /** To whom it is to be connected without a link. */
  #held: ReadonlySet<PeerId> = new Set();
  /** Those of them that it is on its way to. */
  readonly #holding = new Set<PeerId>();
  #token: string;
  #peer: Promise<Peer> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** The server is away. */
  #isResting = false;
  #closed = false;
  #count = 0;

  /** `load`: PeerJS when it is needed, for the package looks for `window` when it is loaded. */
  constructor(options: BrokerOptions, load: LoadPeerJs = () => import('peerjs')) {
    this.#options = options;
    this.#token = options.token;
    this.#load = load;
  }

  async open(): Promise<void> {
    await this.#reach();
  }

  async connect(to: PeerId, epoch: number, lane = 0): Promise<void> {
    const kept = [...this.#kept].find((one) => one.isOpenTo(to, lane));
    if (kept && (await kept.again(epoch))) return;
    const dialled = await this.#dial(to, { epoch, lane });
    dialled.begin(epoch);
  }

  hold(peers: readonly PeerId[]): void {
    this.#held = new Set(peers);
    for (const kept of this.#kept) if (kept.isDialler) kept.hold(this.#held.has(kept.peer));
    for (const to of peers) {
      if (this.#holding.has(to)) continue;
      this.#holding.add(to);
      void this.#holdOne(to)
        .catch(() => {})
        .finally(() => this.#holding.delete(to));
    }
  }

  async #holdOne(to: PeerId): Promise<void> {
    if ([...this.#kept].some((one) => one.isOpenTo(to, 0))) return;
    const kept = await this.#dial(to, { epoch: 0, lane: 0, isHeld: true });
    kept.hold(this.#held.has(to));
  }

  async #dial(to: PeerId, about: z.infer<typeof metadataSchema> & { lane: number }): Promise<KeptConnection> {
    const peer = await this.#reach();
    // PeerJS gives no connection then.
    if (!(await isBack(peer))) throw new PoolError('link-failed', 'The connection broker is away.');
    const connection = peer.connect(to, {
      label: `ring-${about.epoch}`,
      metadata: { version: PROTOCOL_VERSION, ...about },
      reliable: true,
      serialization: 'raw',
    });
    return this.#settle(peer, connection, { peer: to, ...about, direction: 'out' });
  }

  renew(token: string): void {
    this.#token = token;
    this.#isResting = false;
    void this.#peer?.then((peer) => {
      Object.assign(peer.options, { token });
      this.#reconnect(peer);
    }, noPeer);
  }

  rest(): void {
    this.#isResting = true;
    clearTimeout(this.#retryTimer);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    for (const connection of this.#connections) connection.close();
    void this.#peer?.then((peer) => peer.destroy(), noPeer);
  }

  #reconnect(peer: Peer): void {
    clearTimeout(this.#retryTimer);
    if (peer.disconnected && !peer.destroyed && !this.#closed) peer.reconnect();
  }

  /** Another try after one that failed. */
  #reach(): Promise<Peer> {
    this.#peer ??= this.#start().catch((cause) => {
      this.#peer = undefined;
      throw cause;
    });
    return this.#peer;
  }

  async #start(): Promise<Peer> {
    const { Peer } = await this.#load();
    const { self, origin, iceServers } = this.#options;
    const url = new URL(origin);
    const isSecure = url.protocol === 'https:';
    const peer = new Peer(self, {
      host: url.hostname,
      port: Number(url.port) || (isSecure ? 443 : 80),
      path: '/peerjs',
      secure: isSecure,
      debug: 0,
      token: this.#token,
      // Always set: PeerJS's default has TURN servers that all its users share.
      config: { iceServers: iceServers as RTCIceServer[] },
    });
    peer.on('connection', (connection) => void this.#accept(peer, connection));
    // The broker's socket broke; links that exist go on without it. Where the whole server is away, the control socket knocks for both.
    let tries = 0;
    peer.on('disconnected', () => {
      if (this.#isResting || this.#closed || peer.destroyed) return;
      clearTimeout(this.#retryTimer);
      this.#retryTimer = setTimeout(() => this.#reconnect(peer), retryPauseMs(tries++));
    });
    peer.on('open', () => {
      tries = 0;
    });
    return new Promise((resolve, reject) => {
      let isUp = false;
      peer.once('open', () => {
        isUp = true;
        resolve(peer);
      });
      peer.on('error', (cause) => {
        const isAway = cause.type === 'network' && (this.#isResting || tries < FIRST_TRIES);
        if (isUp || isAway) return;
        peer.destroy();
        reject(new PoolError('link-failed', `The connection broker refused this tab: ${cause.message}`, { cause }));
      });
    });
  }

  async #accept(peer: Peer, connection: DataConnection): Promise<void> {
    const metadata = metadataSchema.safeParse(connection.metadata);
    const from = peerIdSchema.safeParse(connection.peer);
    if (!metadata.success || !from.success || this.#connections.size >= MAX_CONNECTIONS) {
      connection.close();
      return;
    }
    // Nobody waits for an incoming link: one that fails has been closed.
    const { epoch, lane = 0, isHeld = false } = metadata.data;
    if (isHeld && !this.#mayHold(from.data)) {
      connection.close();
      return;
    }
    const settling = this.#settle(peer, connection, { peer: from.data, epoch, lane, direction: 'in' });
    await settling.then((kept) => (isHeld ? kept.hold(true) : kept.begin(epoch))).catch(() => {});
  }

  /** One of each, and not so many that links have no room. */
  #mayHold(from: PeerId): boolean {
    const held = [...this.#kept].filter(({ isHeld, isDialler }) => isHeld && !isDialler);
    return held.length < MAX_HELD && held.every((kept) => kept.peer !== from);
  }

  #settle(
    peer: Peer,
    connection: DataConnection,
    about: Pick<BrokeredChannel, 'peer' | 'epoch' | 'lane' | 'direction'>,
  ): Promise<KeptConnection> {
    const { peer: other, epoch } = about;
    this.#connections.add(connection);
    return new Promise((resolve, reject) => {
      const fail = (reason: string, cause?: unknown) => {
        clearTimeout(deadline);
        peer.off('error', onPeerError);
        this.#connections.delete(connection);
        connection.close();
        reject(new PoolError('link-failed', reason, { cause, data: { peer: other, epoch } }));
      };
      const deadline = setTimeout(() => fail('The other tab could not be reached in time.'), LINK_TIMEOUT_MS);
      // PeerJS tells of an unknown peer on the Peer and not on its connection.
      const onPeerError = (cause: Error) => {
        if (cause.message.includes(other)) fail('The other tab is not there any more.', cause);
      };
      peer.on('error', onPeerError);
      const onError = (cause: Error) => fail('The connection to the other tab failed.', cause);
      const onClose = () => fail('The connection to the other tab was closed.');
      connection.on('error', onError);
      connection.on('close', onClose);
      connection.once('open', async () => {
        try {
          const fingerprints = await fingerprintsOf(connection.peerConnection);
          clearTimeout(deadline);
          peer.off('error', onPeerError);
          connection.off('close', onClose);
          connection.off('error', onError);
          resolve(this.#keep(connection, about, fingerprints));
        } catch (cause) {
          fail('The connection to the other tab does not say what secures it.', cause);
        }
      });
    });
  }

  /** It is up: links of this epoch, and of later ones, run over it. */
  #keep(
    connection: DataConnection,
    { peer, lane, direction }: Pick<BrokeredChannel, 'peer' | 'lane' | 'direction'>,
    fingerprints: Fingerprints,
  ): KeptConnection {
    const kept: KeptConnection = new KeptConnection({
      ...{ connection, peer, lane, isDialler: direction === 'out' },
      onPair: (pair) => {
        this.#count++;
        let isOver = false;
        const release = (isFit: boolean): void => {
          if (!isOver) kept.release(isFit);
          isOver = true;
        };
        const vitals = () => readVitals(connection.peerConnection);
        const close = () => kept.close();
        this.#options.onChannel({ ...pair, id: this.#count, peer, lane, fingerprints, vitals, release, close });
      },
      onOver: () => {
        this.#kept.delete(kept);
        this.#connections.delete(connection);
      },
    });
    this.#kept.add(kept);
    return kept;
  }
}

const noPeer = (): void => {};

/** Whether its socket is open, or opens in time. */
function isBack(peer: Peer): Promise<boolean> {
  if (!peer.disconnected) return Promise.resolve(true);
  return new Promise((resolve) => {
    const deadline = setTimeout(() => done(false), LINK_TIMEOUT_MS);
    const onOpen = () => done(true);
    const done = (isOpen: boolean) => {
      clearTimeout(deadline);
      peer.off('open', onOpen);
      resolve(isOpen);
    };
    peer.on('open', onOpen);
  });
}

/** Pace and bound of waiting for the descriptions of a connection that is already up. */
const DESCRIPTION_POLL_MS = 10;
const DESCRIPTION_POLLS = 300;

/**
 * DTLS is up when this is read, so the browser has checked the far certificate against the remote description. The
 * description itself may show a moment later: the channel opens on the network's thread, and `setRemoteDescription` ends
 * on the page's (seen in Chromium 156, three times in a hundred).
 */
async function fingerprintsOf(connection: RTCPeerConnection): Promise<Fingerprints> {
  for (
    let poll = 0;
    poll < DESCRIPTION_POLLS && !(connection.localDescription && connection.remoteDescription);
    poll++
  ) {
    await new Promise((resolve) => setTimeout(resolve, DESCRIPTION_POLL_MS));
  }
  return {
    local: fingerprintOf(connection.localDescription?.sdp ?? ''),
    remote: fingerprintOf(connection.remoteDescription?.sdp ?? ''),
  };
}
