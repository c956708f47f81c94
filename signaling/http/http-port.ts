// One port: how many connections an address may hold and how long they may take, who takes an upgraded socket, and how all of
// it ends. Knows no route.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { UsageError } from '../config/usage-error.ts';
import { addressKey, clientAddress } from './client-address.ts';
import { ConnectionShare } from './connection-share.ts';
import { createTlsFront } from './tls-front.ts';
import { handleWithoutUpgrade, offersWebSocket } from './without-upgrade.ts';

/** Takes over the socket of a request that asked for a WebSocket. */
export type TakeSocket = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpPortOptions {
  answer: RequestListener;
  /** Who takes WebSockets at this path; undefined: nobody, and the request is answered as any other. */
  socketsAt(path: string): TakeSocket | undefined;
  /** With proxies in front a connection is theirs, and one of them carries many clients: none is counted. Default 0. */
  trustedProxies?: number | undefined;
  /** With it the port speaks TLS, and says so to whoever does not. */
  tls?: TlsPortOptions | undefined;
  /** For tests. */
  headersMs?: number;
}

export interface TlsPortOptions {
  /** Key and certificate as PEM. */
  certificate: string;
  /** Answers what comes over plain HTTP. No WebSocket does. */
  plain: RequestListener;
}

export interface HttpPort {
  /** What answers; with `tls` it listens nowhere itself. */
  readonly server: Server;
  /** What was taken, once it listens. */
  address(): AddressInfo;
  /** Another certificate for connections from now on; nothing without `tls`. */
  renew(certificate: string): void;
  /** Resolves when it listens. Rejects with `UsageError` when the port cannot be had. */
  listen(port: number, host: string): Promise<void>;
  /** Ends every connection, those that were upgraded included. Resolves when the port is free. */
  close(): Promise<void>;
}

/** A request's fields are a few kilobytes; whoever takes longer for them holds a connection for nothing. */
const HEADERS_MS = 20_000;
/** How often connections that took too long are looked for. */
const LOOK_MS = 2_000;
/** The largest file of a batch over a slow line. */
const REQUEST_MS = 10 * 60_000;
/** Proxies keep a connection for 60 s (nginx, AWS): one that ends it first would answer 502 for a request that crosses. */
const KEEP_ALIVE_MS = 75_000;

interface Address {
  port: number;
  host: string;
}

const LISTEN_FAULTS: Record<string, (address: Address) => string> = {
  EADDRINUSE: ({ port }) => `Port ${port} is in use. Stop what uses it, or take another one: --port ${port + 1}.`,
  EACCES: ({ port }) => `Port ${port} needs more rights than this user has. Take one above 1023, e.g. --port 3000.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no address ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
  ENOTFOUND: ({ host }) => `There is no host ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
};

function listenFault(error: NodeJS.ErrnoException, address: Address): Error {
  const sentence = LISTEN_FAULTS[error.code ?? '']?.(address);
  return sentence === undefined ? error : new UsageError(sentence, { cause: error });
}

/** What one too many is told before it is closed. */
const TOO_MANY_TEXT = 'Too many connections of this address at once. Close some, or come back in half a minute.';
const TOO_MANY = [
  'HTTP/1.1 429 Too Many Requests',
  'Retry-After: 30',
  'Content-Type: text/plain',
  `Content-Length: ${TOO_MANY_TEXT.length}`,
  'Connection: close',
  '',
  TOO_MANY_TEXT,
].join('\r\n');

export function createHttpPort({
  answer,
  socketsAt,
  trustedProxies = 0,
  tls,
  headersMs = HEADERS_MS,
}: HttpPortOptions): HttpPort {
  /** The newest answer of each connection. */
  const answers = new WeakMap<Duplex, ServerResponse>();
  const times = {
    headersTimeout: headersMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, headersMs),
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const serverOf = (listener: RequestListener): Server =>
    createServer(times, (request, response) => {
      // It may have said something before it was told that it is one too many.
      if (refused.has(request.socket)) return;
      answers.set(request.socket, response);
      listener(request, response);
    });
  const server = serverOf(answer);
  // Node forgets a connection once it is upgraded, and waits for it to end all the same.
  const connections = new Set<Duplex>();
  const refused = new WeakSet<Duplex>();
  const share = new ConnectionShare();
  const mayCome = (socket: Socket): boolean =>
    trustedProxies > 0 || share.take(socket, addressKey(clientAddress({ socket, headers: {} })));
  const keep = (socket: Socket): void => {
    // It comes again with each offer on it that is ignored.
    if (connections.has(socket)) return;
    connections.add(socket);
    socket.once('close', () => {
      connections.delete(socket);
      share.letGo(socket);
    });
    if (mayCome(socket)) return;
    refused.add(socket);
    socket.end(TOO_MANY);
    socket.destroySoon();
  };
  server.on('connection', keep);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until somebody takes over, an error on the socket would be nobody's and end the process.
    const destroy = (): void => void socket.destroy();
    socket.on('error', destroy);
    const take = offersWebSocket(request) ? socketsAt(request.url?.split('?')[0] ?? '') : undefined;
    if (refused.has(socket)) {
      destroy();
      return;
    }
    if (take) {
      share.letGo(socket);
      take(request, socket, head);
      return;
    }
    const goOn = (): void => {
      socket.off('error', destroy);
      if (!socket.destroyed) handleWithoutUpgrade(server, request, socket, head);
    };
    // A request may come while the one before it is answered (RFC 9112, 9.3.2): the connection is given back after that.
    const before = answers.get(socket);
    if (before && !before.writableFinished && !before.destroyed) before.once('close', goOn);
    else goOn();
  });
  const plain = tls && serverOf(tls.plain).on('connection', keep);
  const front =
    tls &&
    createTlsFront({
      ...{ certificate: tls.certificate, silentMs: headersMs, mayCome },
      onGone: (socket) => share.letGo(socket),
      onSecure: (socket) => server.emit('connection', socket),
      onPlain: (socket) => plain?.emit('connection', socket),
    });
  const listening = front?.server ?? server;
  // Node looks at a server's connections from the moment on that it listens: those behind a front are told that they do.
  if (front) for (const each of [server, plain]) each?.emit('listening');
  return {
    server,
    address: () => listening.address() as AddressInfo,
    renew: (certificate) => front?.renew(certificate),
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        const refuse = (error: Error): void => reject(listenFault(error, { port, host }));
        listening.once('error', refuse);
        listening.listen(port, host, () => {
          listening.off('error', refuse);
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        listening.close(() => resolve());
        front?.end();
        for (const socket of connections) socket.destroy();
        // They look at their connections until they are closed.
        if (front) for (const each of [server, plain]) each?.close();
      }),
  };
}
