// The door for peers: takes upgraded sockets, knows which peer is on which, ends the silent ones, and carries messages
// between them and the orchestrator.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { ServerMessage } from '../protocol/control.ts';
import { PoolError } from '../protocol/errors.ts';
import type { ModelRef, PeerId, PoolId } from '../protocol/ids.ts';
import { MAX_CONTROL_BYTES } from '../protocol/limits.ts';
import { type ConnectionOptions, ControlConnection, type PeerMessage } from './control-connection.ts';
import { Orchestrator } from './orchestrator.ts';
import type { RosterEvent } from './roster.ts';
import type { RosterTiming } from './roster-state.ts';

/** Most sockets at once, those that have not said hello included. */
const MAX_SOCKETS = 5000;

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

export interface ControlSocketOptions {
  model: ModelRef;
  stages?: number | undefined;
  iceServers: IceServer[];
  timing: ControlTiming;
  logger: Logger;
}

export class ControlSocket {
  readonly orchestrator: Orchestrator;
  readonly #options: ControlSocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_CONTROL_BYTES, perMessageDeflate: false });
  readonly #connections = new Set<ControlConnection>();
  readonly #peers = new Map<PeerId, ControlConnection>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: ControlSocketOptions) {
    this.#options = options;
    const { model, stages, timing, logger } = options;
    this.orchestrator = new Orchestrator({
      model,
      stages,
      timing,
      logger,
      send: (peer, message) => this.#peers.get(peer)?.send(message),
      broadcast: (message) => this.#broadcast(message),
    });
    this.#sweeper = setInterval(() => this.#endSilent(), Math.max(10, timing.silenceMs / 10));
  }

  /** Peers that have proved who they are. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /** Takes over a socket whose HTTP request asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#connections.size >= MAX_SOCKETS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#connections.add(new ControlConnection(webSocket, this.#connectionOptions()));
    });
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.orchestrator.close();
    for (const connection of this.#connections) connection.close('goingAway');
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #connectionOptions(): ConnectionOptions {
    const { logger, timing } = this.#options;
    return {
      logger,
      helloTimeoutMs: timing.helloTimeoutMs,
      onWelcome: (peer, connection) => this.#admit(peer, connection),
      onMessage: (peer, message) => {
        if (message.type === 'stage-failed') {
          // The code alone: a message may quote what the stage worked on.
          logger.warn({ peer, epoch: message.epoch, code: PoolError.from(message.error).code }, 'stage failed');
        }
        this.orchestrator.dispatch(eventOf(peer, message));
      },
      onClose: (peer, connection) => {
        this.#connections.delete(connection);
        if (peer && this.#peers.get(peer) === connection) this.#forget(peer);
      },
    };
  }

  #admit(peer: PeerId, connection: ControlConnection): void {
    const older = this.#peers.get(peer);
    if (older) {
      // A reloaded tab lost its slice, so the newer socket starts with nothing, as any other.
      this.#forget(peer);
      older.send({ type: 'error', error: REPLACED.toShape() });
      older.close('replaced');
    }
    this.#peers.set(peer, connection);
    this.#options.logger.info({ peer, replaced: older !== undefined }, 'peer joined');
    const { iceServers, timing } = this.#options;
    connection.send({ type: 'welcome', peer, iceServers, heartbeatMs: timing.heartbeatMs });
    connection.send({ type: 'pools', pools: this.orchestrator.pools() });
  }

  #forget(peer: PeerId): void {
    this.#peers.delete(peer);
    this.#options.logger.info({ peer }, 'peer left');
    this.orchestrator.dispatch({ type: 'peer-left', peer });
  }

  #endSilent(): void {
    const nowMs = performance.now();
    for (const connection of this.#peers.values()) {
      if (nowMs - connection.heardAtMs > this.#options.timing.silenceMs) connection.close('silent');
    }
  }

  #broadcast(message: ServerMessage): void {
    for (const connection of this.#peers.values()) connection.send(message);
  }
}

/** Of a code that clients do not retry: two tabs with one key would take the id from each other for ever. */
const REPLACED = new PoolError('not-authentic', 'The same identity has connected again; this connection gives way.');

/** A message in the roster's words. */
function eventOf(peer: PeerId, message: PeerMessage): RosterEvent {
  switch (message.type) {
    case 'offer':
      return { ...message, type: 'peer-offered', peer };
    case 'load-progress':
      return { ...message, type: 'load-progressed', peer, pool: message.pool as PoolId };
    case 'stage-ready':
      return { ...message, type: 'stage-readied', peer, pool: message.pool as PoolId };
    case 'stage-failed':
      return { type: 'stage-failed', peer, pool: message.pool as PoolId, epoch: message.epoch };
    case 'link-down':
      return { type: 'link-broken', peer, pool: message.pool as PoolId, epoch: message.epoch, to: message.peer };
    case 'watch':
      return { type: 'pool-watched', peer, model: message.model };
    case 'leave':
      return { type: 'stage-left', peer };
  }
}
