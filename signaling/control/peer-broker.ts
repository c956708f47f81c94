// The PeerJS broker, mounted beside our own socket: it carries offers, answers and candidates between peers by id and
// knows nothing of pools. Whoever holds an id here has proved nothing; links are authenticated end to end by the peers.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ExpressPeerServer } from 'peer';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { PEER_SILENCE_MS } from '../../protocol/limits.ts';
import { TokenBucket } from '../admission/token-bucket.ts';
import { CLOSE_CODES } from './control-connection.ts';

/** Where it answers. PeerJS clients use `path: '/peerjs'` (or '/', which leads here too) and the default key. */
export const PEERJS_PATH = '/peerjs';
/** An SDP offer with all candidates is a few kilobytes. */
const MAX_BROKER_BYTES = 32 * 1024;
/** A new link is about 2 messages and 20 candidates; 64 links may be made at once. */
const MESSAGES_PER_SECOND = 100;
const MESSAGE_BURST = 1000;
const MAX_CLIENTS = 5000;

export interface PeerBroker {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Mounts the broker. `server` is only held by it; requests and upgrades are routed to it by path. */
export function createPeerBroker(server: Server, logger: Logger): PeerBroker {
  // Two WebSocket servers that listen to one HTTP server end each other's upgrades, so this one listens to none.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BROKER_BYTES, perMessageDeflate: false });
  sockets.on('connection', limitRate);
  const broker = ExpressPeerServer(server, {
    path: '/',
    // PeerJS's heartbeat is a timer, and hidden tabs drop to one a minute.
    alive_timeout: PEER_SILENCE_MS,
    concurrent_limit: MAX_CLIENTS,
    allow_discovery: false,
    proxied: false,
    createWebSocketServer: () => sockets,
  });
  broker.on('error', (error) => logger.debug({ reason: error.message }, 'broker error'));
  // The broker starts when it is mounted in an Express app. This outer one is never mounted, so it stays a plain app.
  const outer = ExpressPeerServer(server);
  outer.disable('x-powered-by');
  broker.disable('x-powered-by');
  outer.use(broker);
  return {
    handle: (request, response) => {
      // `/peerjs/peerjs/id` (path '/peerjs') and `/peerjs/id` (path '/') are one: the key is part of PeerJS's path.
      if (request.url?.startsWith(`${PEERJS_PATH}${PEERJS_PATH}`)) request.url = request.url.slice(PEERJS_PATH.length);
      outer(request, response);
    },
    upgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
    },
    close: () => {
      for (const socket of sockets.clients) socket.close(CLOSE_CODES.goingAway);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function limitRate(socket: WebSocket): void {
  const bucket = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST, performance.now());
  socket.on('message', () => {
    if (!bucket.take(performance.now())) socket.terminate();
  });
}
