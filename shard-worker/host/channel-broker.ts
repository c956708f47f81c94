// PeerJS brokers the connection; a raw data channel beside PeerJS's own carries the frames. Hands each channel over in
// the very task that created it, because only then can it be transferred to a worker.

import type { DataConnection, Peer } from 'peerjs';
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';
import { LINK_TIMEOUT_MS, MAX_LANES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import type { Broker, BrokeredChannel, BrokerOptions } from './host.ts';
import { isBack } from './is-back.ts';
import { KeptConnection } from './kept-connection.ts';
import { fingerprintsOf } from './read-fingerprints.ts';
import { readVitals } from './read-vitals.ts';
import { retryPauseMs } from './retry-pause.ts';

/** Connections that a tab has at once, those half open by strangers included: lanes count, and browsers end at 500. */
const MAX_CONNECTIONS = 256;

/** Those among them that others hold for later links. */
const MAX_HELD = 32;

/** Those of one lane that one peer has dialled: of a page that is loaded again and again, the last ones may not have ended. */
const MAX_OF_PEER = 6;

/** Pause before somebody who is to be near is dialled once more; each time that it fails, twice as long. */
const NEAR_AGAIN_MS = 2_000;
const NEAR_AGAIN_MOST_MS = 60_000;

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

/** A connection of this tab, to whom and for what. */
interface Known extends Pick<BrokeredChannel, 'peer' | 'lane' | 'direction'> {
  /** It was dialled for later links. */
  isHeld?: boolean;
  /** A link over it has shown who it is of. */
  isShown?: boolean;
  /** It is up. */
  kept?: KeptConnection;
  /** Ends one that is on its way. */
  fail?(reason: string): void;
}

type LoadPeerJs = () => Promise<Pick<typeof import('peerjs'), 'Peer'>>;

export class ChannelBroker implements Broker {
  readonly #options: BrokerOptions;
  readonly #load: LoadPeerJs;
  /** Those that are up. */
  readonly #kept = new Set<KeptConnection>();
  /** All, those that are on their way included. */
  readonly #connections = new Map<DataConnection, Known>();
  /** To whom it is to be connected without a link. */
  #held: ReadonlySet<PeerId> = new Set();
  /** Those of them that it is on its way to, and those that it dials again in a while. */
  readonly #holding = new Set<PeerId>();
  readonly #nearTimers = new Map<PeerId, ReturnType<typeof setTimeout>>();
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
    for (const kept of this.#kept) if (!this.#held.has(kept.peer)) kept.want(false);
    for (const to of peers) this.#keepNear(to);
  }

  /** Until it is not to be near any more: whatever ends the connection, there is another try. */
  #keepNear(to: PeerId, failures = 0): void {
    clearTimeout(this.#nearTimers.get(to));
    this.#nearTimers.delete(to);
    if (this.#closed || !this.#held.has(to) || this.#holding.has(to)) return;
    this.#holding.add(to);
    const again = (): void => this.#nearAgain(to, failures + 1);
    void this.#holdOne(to)
      .finally(() => this.#holding.delete(to))
      .catch(again);
  }

  #nearAgain(to: PeerId, failures: number): void {
    if (this.#closed || !this.#held.has(to) || this.#nearTimers.has(to)) return;
    const pauseMs = Math.min(NEAR_AGAIN_MOST_MS, NEAR_AGAIN_MS * 2 ** failures);
    this.#nearTimers.set(
      to,
      setTimeout(() => this.#keepNear(to, failures), pauseMs),
    );
  }

  async #holdOne(to: PeerId): Promise<void> {
    const open = [...this.#kept].find((one) => one.isOpenTo(to, 0));
    if (open) return open.want(true);
    const kept = await this.#dial(to, { epoch: 0, lane: 0, isHeld: true });
    kept.want(true, true);
    if (!this.#held.has(to)) kept.want(false);
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
    for (const timer of this.#nearTimers.values()) clearTimeout(timer);
    for (const connection of this.#connections.keys()) connection.close();
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
    if (!metadata.success || !from.success || !this.#mayCome(from.data, metadata.data)) {
      connection.close();
      return;
    }
    // Nobody waits for an incoming link: one that fails has been closed.
    const { epoch, lane = 0, isHeld = false } = metadata.data;
    const settling = this.#settle(peer, connection, { peer: from.data, epoch, lane, direction: 'in', isHeld });
    await settling.then((kept) => (isHeld ? kept.hold(true) : kept.begin(epoch))).catch(() => {});
  }

  #mayCome(from: PeerId, { lane = 0, isHeld }: z.infer<typeof metadataSchema>): boolean {
    const own = [...this.#connections.values()].filter(({ peer }) => peer === from);
    const dialled = own.filter((other) => other.direction === 'in' && other.lane === lane);
    if (dialled.length >= MAX_OF_PEER) return false;
    // A lane is of a link that is there, whichever side dialled what it runs over.
    if (lane > 0 && !own.some((other) => other.lane === 0 && other.isShown)) return false;
    if (isHeld && !this.#mayHold(from)) return false;
    return this.#connections.size < MAX_CONNECTIONS || this.#makeRoom();
  }

  /** Who has most that carry no proved link loses its oldest; one that is held gives way after all that are not. */
  #makeRoom(): boolean {
    const idle = [...this.#connections].filter(([, { direction, isShown }]) => direction === 'in' && !isShown);
    const loose = idle.filter(([, { kept, isHeld }]) => !(kept?.isHeld ?? isHeld));
    const counts = new Map<PeerId, number>();
    for (const [, { peer }] of idle) counts.set(peer, (counts.get(peer) ?? 0) + 1);
    const most = ([, { peer }]: (typeof idle)[number]): number => counts.get(peer)!;
    const [gone] = (loose.length > 0 ? loose : idle).sort((a, b) => most(b) - most(a));
    if (!gone) return false;
    const [connection, known] = gone;
    this.#connections.delete(connection);
    if (known.kept) known.kept.close();
    else known.fail?.('There was no room for it any more.');
    connection.close();
    return true;
  }

  /** One of each, those on their way included, and not so many that links have no room. */
  #mayHold(from: PeerId): boolean {
    const held = [...this.#connections.values()].filter(
      ({ isHeld, kept, direction }) => kept?.isHeld ?? (isHeld && direction === 'in'),
    );
    return held.length < MAX_HELD && held.every((other) => other.peer !== from);
  }

  #settle(peer: Peer, connection: DataConnection, about: Known & { epoch: number }): Promise<KeptConnection> {
    const { peer: other, epoch } = about;
    this.#connections.set(connection, about);
    return new Promise((resolve, reject) => {
      let hasFailed = false;
      const fail = (reason: string, cause?: unknown) => {
        hasFailed = true;
        clearTimeout(deadline);
        peer.off('error', onPeerError);
        this.#connections.delete(connection);
        connection.close();
        reject(new PoolError('link-failed', reason, { cause, data: { peer: other, epoch } }));
      };
      about.fail = fail;
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
          if (hasFailed) return;
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
  #keep(connection: DataConnection, known: Known, fingerprints: Fingerprints): KeptConnection {
    const { peer, lane, direction } = known;
    const kept: KeptConnection = new KeptConnection({
      ...{ connection, peer, lane, isDialler: direction === 'out' },
      // A dial that said so has been let in for that.
      mayHold: () => {
        const { isHeld = false } = known;
        known.isHeld = false;
        return isHeld || (lane === 0 && this.#mayHold(peer));
      },
      onPair: (pair) => {
        this.#count++;
        let isOver = false;
        let isProved = pair.direction === 'out';
        const release = (isFit: boolean): void => {
          if (!isOver) kept.release(isFit, isProved);
          isOver = true;
        };
        const proved = (): void => {
          if (!isOver && !isProved) kept.proved();
          isProved = true;
          known.isShown = true;
        };
        const vitals = () => readVitals(connection.peerConnection);
        const close = () => kept.close();
        const at = { id: this.#count, peer, lane, fingerprints };
        this.#options.onChannel({ ...pair, ...at, vitals, proved, release, close });
      },
      onOver: () => {
        this.#kept.delete(kept);
        this.#connections.delete(connection);
        this.#nearAgain(peer, 0);
      },
    });
    known.kept = kept;
    this.#kept.add(kept);
    return kept;
  }
}

const noPeer = (): void => {};
