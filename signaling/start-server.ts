// The door of this folder: one HTTP server with the site, the model files, the API, the control socket and the PeerJS
// broker on one port. Started by main.ts, the demo and the tests alike.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { type LevelWithSilent, pino } from 'pino';
import type { Coalition, PoolSummary } from '../protocol/control.ts';
import type { ModelRef } from '../protocol/ids.ts';
import { HEARTBEAT_MS, PEER_SILENCE_MS } from '../protocol/limits.ts';
import { ControlSocket, type ControlTiming, type IceServer } from './control-socket.ts';
import { createHttpApp } from './http-app.ts';
import { createPeerBroker, PEERJS_PATH } from './peer-broker.ts';
import { ROSTER_TIMING } from './roster-state.ts';

export const DEFAULT_MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
export const DEFAULT_HUB_URL = 'https://huggingface.co';
/** Path of the control socket. */
export const CONTROL_PATH = '/control';

export interface ServerOptions {
  /** 0 (the default) takes a free one. */
  port?: number;
  /** This machine only by default; `0.0.0.0` opens it to the network. */
  host?: string;
  /** The built static site; without it pages answer 404. */
  siteDir?: string;
  /** Folder of `owner/repo` models that the site serves itself. */
  modelsDir?: string;
  model?: ModelRef;
  hubUrl?: string;
  /** Waits for so many tabs before the first coalition and splits over at most so many; undefined takes who is there. */
  stages?: number;
  /** Given to peers in `welcome`. None by default: on one network, host candidates are enough. */
  iceServers?: IceServer[];
  logger?: LevelWithSilent;
  /** Shorter times, for tests. */
  timing?: Partial<ControlTiming>;
}

interface ServerSnapshot {
  peers: number;
  pools: PoolSummary[];
  /** Serving and forming coalitions, tickets included. */
  coalitions: Coalition[];
}

export interface RunningServer {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  port: number;
  snapshot(): ServerSnapshot;
  /** Ends every socket. Resolves when the port is free. */
  close(): Promise<void>;
}

const TIMING: ControlTiming = {
  ...ROSTER_TIMING,
  heartbeatMs: HEARTBEAT_MS,
  silenceMs: PEER_SILENCE_MS,
  /** A tab signs in milliseconds; a slow phone that just woke takes a second or two. */
  helloTimeoutMs: 10_000,
};

/** Starts everything. Rejects with Node's error (`EADDRINUSE`, `EACCES`, ...) when the port cannot be had. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { model = DEFAULT_MODEL, host = '127.0.0.1', hubUrl = DEFAULT_HUB_URL, stages } = options;
  const logger = pino({ level: options.logger ?? 'info', base: null });
  const timing: ControlTiming = { ...TIMING, ...options.timing };
  const control = new ControlSocket({ model, stages, iceServers: options.iceServers ?? [], timing, logger });
  const app = createHttpApp({
    model,
    hubUrl,
    siteDir: options.siteDir,
    modelsDir: options.modelsDir,
    logger,
    peerCount: () => control.peerCount,
    pools: () => control.orchestrator.pools(),
  });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    if (isUnder(PEERJS_PATH, request)) broker.handle(request, response);
    else listener(request, response);
  });
  const broker = createPeerBroker(server, logger);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until `ws` takes over, an error on the socket would be nobody's and end the process.
    socket.on('error', () => socket.destroy());
    if (pathOf(request) === CONTROL_PATH) control.upgrade(request, socket, head);
    else if (isUnder(PEERJS_PATH, request)) broker.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  const closeSockets = (): void => {
    control.close();
    broker.close();
  };
  try {
    await listen(server, options.port ?? 0, host);
  } catch (error) {
    closeSockets();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    snapshot: () => ({
      peers: control.peerCount,
      pools: control.orchestrator.pools(),
      coalitions: control.orchestrator.coalitions(),
    }),
    close: () =>
      new Promise((resolve) => {
        closeSockets();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const pathOf = (request: IncomingMessage): string => request.url?.split('?')[0] ?? '';

const isUnder = (path: string, request: IncomingMessage): boolean =>
  pathOf(request) === path || pathOf(request).startsWith(`${path}/`);

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
