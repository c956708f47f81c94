// The door for peers: takes upgraded sockets, knows which peer is on which, ends the silent ones. What messages mean is
// the listener's business.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_CONTROL_BYTES } from '../../protocol/limits.ts';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import { addressKey, clientAddress } from '../http/client-address.ts';
import type { IsSignedForUs } from '../http/signed-host.ts';
import type { RosterTiming } from '../roster/roster-state.ts';
import { type ConnectionGate, createConnectionGate, refuseSocket } from './connection-gate.ts';
import { type ConnectionOptions, ControlConnection, type PeerMessage } from './control-connection.ts';

/** Most sockets at once, those that have not said hello included. */
const MAX_SOCKETS = 5000;

/** Messages of one address, beside those of its quiet peers: ten tabs that drive answers say so many. */
const MESSAGES_PER_SECOND = 400;
const MESSAGE_BURST = 3000;

/** Where the server takes control sockets. */
export const CONTROL_PATH = '/control';

export interface IceServer {
  urls: string | string[];
  username?: string | undefined;
  credential?: string | undefined;
}

export interface ControlTiming extends RosterTiming {
  /** The pace that peers are asked to beat at. */
  heartbeatMs: number;
  /** A peer that says nothing for this long is gone. */
  silenceMs: number;
  helloTimeoutMs: number;
}

/** Who listens to peers. */
export interface PeerListener {
  /** The peer proved its id. `address` is where its socket comes from, for limits. */
  joined(peer: PeerId, address: string): void;
  heard(peer: PeerId, message: PeerMessage): void;
  left(peer: PeerId): void;
  /** Milliseconds there and back, as this server timed them. */
  measured(peer: PeerId, ms: number): void;
}

export interface ControlSocketOptions {
  iceServers: IceServer[];
  /** What tickets and grants are signed with, for `welcome`. */
  orchestratorKey: string;
  timing: ControlTiming;
  logger: Logger;
  trustedProxies?: number;
  gate?: ConnectionGate;
  isSignedForUs: IsSignedForUs;
  /** What a peer is told that is let in no more; undefined: everybody is. */
  banOf?(peer: PeerId): Promise<PoolError | undefined>;
  /** What lets a peer into the connection broker. */
  brokerTokenOf(peer: PeerId): string;
  listener: PeerListener;
}

export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_CONTROL_BYTES, perMessageDeflate: false });
  readonly #connections = new Set<ControlConnection>();
  readonly #peers = new Map<PeerId, ControlConnection>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #gate: ConnectionGate;
  readonly #paces = new KeyedBuckets({ perMinute: 60 * MESSAGES_PER_SECOND, burst: MESSAGE_BURST });

  constructor(options: ControlSocketOptions) {
    this.#options = options;
    this.#gate = options.gate ?? createConnectionGate();
    this.#sweeper = setInterval(() => this.#endSilent(), Math.max(10, options.timing.silenceMs / 10));
  }

  /** Peers that have proved who they are. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /** Those that are connected, by id. */
  peers(): PeerId[] {
    return [...this.#peers.keys()].sort();
  }

  /** Tells it why, and ends its socket: it does not come back by itself. */
  ban(peer: PeerId, why: PoolError): void {
    const connection = this.#peers.get(peer);
    connection?.send({ type: 'error', error: why.toShape() });
    connection?.close('banned');
  }

  /** False when the peer is not connected. */
  send(peer: PeerId, message: ServerMessage): boolean {
    return this.#peers.get(peer)?.send(message) ?? false;
  }

  broadcast(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const connection of this.#peers.values()) connection.sendText(text);
  }

  /** Takes over a socket whose HTTP request asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = clientAddress(request, this.#options.trustedProxies);
    const isFull = this.#connections.size >= MAX_SOCKETS;
    const release = isFull ? undefined : this.#gate.admit(address);
    if (!release) {
      refuseSocket(socket, isFull ? 'server' : 'address');
      return;
    }
    socket.once('close', release);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#connections.add(new ControlConnection(webSocket, this.#connectionOptions(address, request)));
    });
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const connection of this.#connections) connection.close('goingAway');
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #connectionOptions(address: string, request: IncomingMessage): ConnectionOptions {
    const { logger, timing, listener, isSignedForUs } = this.#options;
    return {
      logger,
      isOwnHost: (host) => isSignedForUs(host, request),
      helloTimeoutMs: timing.helloTimeoutMs,
      banOf: async (peer) => this.#options.banOf?.(peer),
      mayHear: () => this.#paces.take(addressKey(address)),
      onWelcome: (peer, connection) => this.#admit(peer, connection, address),
      onMessage: (peer, message) => listener.heard(peer, message),
      onDistance: (peer, ms) => listener.measured(peer, ms),
      onClose: (peer, connection) => {
        this.#connections.delete(connection);
        if (peer && this.#peers.get(peer) === connection) this.#forget(peer);
      },
    };
  }

  #admit(peer: PeerId, connection: ControlConnection, address: string): void {
    const older = this.#peers.get(peer);
    if (older) {
      // A reloaded tab lost its slice, so the newer socket starts with nothing, as any other.
      this.#forget(peer);
      older.send({ type: 'error', error: REPLACED.toShape() });
      older.close('replaced');
    }
    this.#peers.set(peer, connection);
    this.#options.logger.info({ peer, replaced: older !== undefined }, 'peer joined');
    const { iceServers, timing, orchestratorKey, brokerTokenOf, listener } = this.#options;
    const brokerToken = brokerTokenOf(peer);
    const nowSeconds = Date.now() / 1000;
    const { heartbeatMs } = timing;
    connection.send({ type: 'welcome', peer, iceServers, heartbeatMs, orchestratorKey, brokerToken, nowSeconds });
    listener.joined(peer, address);
  }

  #forget(peer: PeerId): void {
    this.#peers.delete(peer);
    this.#options.logger.info({ peer }, 'peer left');
    this.#options.listener.left(peer);
  }

  #endSilent(): void {
    const nowMs = performance.now();
    for (const connection of this.#peers.values()) {
      if (nowMs - connection.heardAtMs > this.#options.timing.silenceMs) connection.close('silent');
    }
  }
}

/** Has a code that clients do not retry: two tabs with one key would take the id from each other for ever. */
const REPLACED = new PoolError('not-authentic', 'The same identity has connected again; this connection gives way.');
