// The broker of stock PeerJS clients: it carries offers, answers and candidates between peers by id and knows nothing of
// pools. Links are authenticated end to end by the peers. The words are those
// of PeerJS 1.5; its token is what the control socket told the peer. Its own server has timers that cannot be stopped and keeps what nobody fetches without a bound.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod/mini';
import { PEER_SILENCE_MS } from '../../protocol/limits.ts';
import { TokenBucket } from '../admission/token-bucket.ts';
import { addressKey, clientAddress } from '../http/client-address.ts';
import { BrokerMail, type BrokerMessage } from './broker-mail.ts';
import { type ConnectionGate, createConnectionGate, refuseSocket } from './connection-gate.ts';
import { CLOSE_CODES } from './control-connection.ts';

/** Where it takes sockets, and below: PeerJS puts its own `peerjs` behind the client's `path`. */
export const PEERJS_PATH = '/peerjs';
/** An SDP offer with all candidates is a few kilobytes. */
const MAX_BROKER_BYTES = 32 * 1024;
/** A new link is about 2 messages and 20 candidates; 64 links may be made at once. */
const MESSAGES_PER_SECOND = 100;
const MESSAGE_BURST = 1000;
const MAX_CLIENTS = 5000;
/** A client that reads no more is cut off, and not written to for ever. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** How often silent clients and old messages are looked for. */
const SWEEP_MS = 1_000;

/** How a client names itself, in its address. */
export const brokerQuerySchema = z.object({
  id: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  /** The control socket's word to this peer. */
  token: z.string().check(z.minLength(1), z.maxLength(128)),
  key: z.literal('peerjs'),
});

export const brokerMessageSchema = z.object({
  type: z.enum(['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE', 'HEARTBEAT']),
  dst: z.optional(z.string().check(z.maxLength(64))),
  payload: z.optional(z.unknown()),
});

interface Client {
  id: string;
  /** Its address, as limits count them. */
  place: string;
  socket: WebSocket;
  heardAtMs: number;
}

export interface PeerBroker {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export interface PeerBrokerOptions {
  trustedProxies?: number | undefined;
  gate?: ConnectionGate;
  /** Whether the token is that id's: nobody sits on an id that is another's. */
  isAdmitted(id: string, token: string): boolean;
}

/**
 * @example
 * const tokens = new BrokerTokens();
 * const broker = createPeerBroker({ isAdmitted: (id, token) => tokens.isOf(id, token) });
 * server.on('upgrade', broker.upgrade);
 */
export function createPeerBroker({
  trustedProxies,
  gate = createConnectionGate(),
  isAdmitted,
}: PeerBrokerOptions): PeerBroker {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_BROKER_BYTES, perMessageDeflate: false });
  const clients = new Map<string, Client>();
  const mail = new BrokerMail();

  const deliver = (message: BrokerMessage, place: string): void => {
    const to = clients.get(message.dst);
    if (to) say(to.socket, message);
    else if (message.type === 'LEAVE' || message.type === 'EXPIRE') return;
    else if (!mail.keep(message, place, performance.now())) tellAbsent(message);
  };
  /** PeerJS's word for "that peer is not there", to whoever called it. */
  const tellAbsent = ({ src, dst }: Pick<BrokerMessage, 'src' | 'dst'>): void =>
    say(clients.get(src)?.socket, { type: 'EXPIRE', src: dst, dst: src });

  function enter(socket: WebSocket, query: URLSearchParams, place: string): void {
    socket.on('error', () => socket.terminate());
    const asked = brokerQuerySchema.safeParse(Object.fromEntries(query));
    const older = asked.success ? clients.get(asked.data.id) : undefined;
    if (!asked.success) refuse(socket, 'ERROR', 'No id, token, or key supplied to websocket server');
    else if (!isAdmitted(asked.data.id, asked.data.token)) refuse(socket, 'ERROR', 'The token is not of this id');
    else if (clients.size >= MAX_CLIENTS) refuse(socket, 'ERROR', 'Server has reached its concurrent user limit');
    else admit(socket, { id: asked.data.id, place }, older);
  }

  function admit(socket: WebSocket, { id, place }: Pick<Client, 'id' | 'place'>, older: Client | undefined): void {
    const client: Client = { id, place, socket, heardAtMs: performance.now() };
    clients.set(id, client);
    older?.socket.terminate();
    const bucket = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST, performance.now());
    socket.on('message', (data) => {
      if (bucket.take(performance.now())) hear(client, data);
      else socket.terminate();
    });
    socket.once('close', () => {
      if (clients.get(id) === client) clients.delete(id);
    });
    socket.send(JSON.stringify({ type: 'OPEN' }));
    for (const message of mail.take(id)) say(socket, message);
  }

  function hear(client: Client, data: RawData): void {
    client.heardAtMs = performance.now();
    const message = readMessage(data);
    if (!message || message.type === 'HEARTBEAT') return;
    const { type, dst, payload } = message;
    if (dst) deliver({ type, src: client.id, dst, payload }, client.place);
    else if (type === 'LEAVE') client.socket.close();
  }

  const sweep = setInterval(() => {
    const nowMs = performance.now();
    for (const absent of mail.expire(nowMs)) tellAbsent(absent);
    for (const { socket, heardAtMs } of clients.values()) if (nowMs - heardAtMs > PEER_SILENCE_MS) socket.terminate();
  }, SWEEP_MS);
  sweep.unref();

  return {
    upgrade(request, socket, head) {
      const address = clientAddress(request, trustedProxies);
      const release = gate.admit(address);
      if (!release) {
        refuseSocket(socket, 'address');
        return;
      }
      socket.once('close', release);
      const query = new URL(request.url ?? '', 'http://localhost').searchParams;
      server.handleUpgrade(request, socket, head, (webSocket) => enter(webSocket, query, addressKey(address)));
    },
    close() {
      clearInterval(sweep);
      for (const socket of server.clients) socket.close(CLOSE_CODES.goingAway);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function say(socket: WebSocket | undefined, message: BrokerMessage): void {
  if (socket && socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket?.send(JSON.stringify(message));
}

function refuse(socket: WebSocket, type: 'ERROR' | 'ID-TAKEN', msg: string): void {
  socket.send(JSON.stringify({ type, payload: { msg } }));
  socket.close();
}

/** Undefined for what no PeerJS client says. */
function readMessage(data: RawData): z.infer<typeof brokerMessageSchema> | undefined {
  try {
    return brokerMessageSchema.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}
