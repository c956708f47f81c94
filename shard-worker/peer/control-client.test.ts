// The client against a real WebSocket server that the test plays by hand. Node 20 has no WebSocket of its own: ws has.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type ClientMessage,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
} from '../../protocol/control.ts';
import type { PoolError } from '../../protocol/errors.ts';
import { newIdentityKeys, verifyHello } from '../../protocol/identity.ts';
import { type PeerId, poolIdSchema } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { ServerAway } from '../words/peer-state.ts';
import { ControlClient } from './control-client.ts';

const NONCE = 'ab'.repeat(32);
const PEER = 'b'.repeat(32) as PeerId;
const WELCOME: ServerMessage = {
  ...{
    type: 'welcome',
    peer: 'a'.repeat(32) as PeerId,
    iceServers: [],
    heartbeatMs: 20,
    orchestratorKey: 'BA',
    brokerToken: 'b',
    nowSeconds: 0,
  },
};

/** In a page a socket's failure that nobody listens to is none. */
class PageSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', () => {});
  }
}

let server: WebSocketServer;
let client: ControlClient | undefined;

beforeEach(async () => {
  vi.stubGlobal('WebSocket', PageSocket);
  // Half of the jitter: a first try again comes after 500 ms × 0.5.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});

afterEach(() => {
  client?.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

interface Seen {
  welcomes: number;
  messages: ServerMessage[];
  downs: { code: PoolError['code']; isFinal: boolean }[];
  aways: ServerAway[];
}

async function connect(): Promise<Seen> {
  const seen: Seen = { welcomes: 0, messages: [], downs: [], aways: [] };
  const keys = await newIdentityKeys();
  client = new ControlClient(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}/control`,
    keys,
    {
      onWelcome: () => seen.welcomes++,
      onMessage: (message) => seen.messages.push(message),
      onDown: (error, isFinal, away) => {
        seen.downs.push({ code: error.code, isFinal });
        seen.aways.push(away);
      },
      vitals: () => ({ sessions: 2, tokens: 30, rtts: [{ peer: PEER, ms: 12 }] }),
    },
    { read: parseServerMessage },
  );
  return seen;
}

/** The server's end of the next connection. */
async function acceptNext() {
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const heard: ClientMessage[] = [];
  socket.on('message', (data) => heard.push(parseClientMessage(String(data))));
  const say = (message: ServerMessage | string) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return { socket, heard, say };
}

test('answers the challenge with a hello that proves the key', async () => {
  const next = acceptNext();
  await connect();
  const { say, heard } = await next;
  say({ type: 'challenge', nonce: NONCE, version: PROTOCOL_VERSION });
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  const [hello] = heard as [ClientMessage & { type: 'hello' }];
  expect(hello).toMatchObject({ type: 'hello', version: PROTOCOL_VERSION });
  expect(await verifyHello(hello, NONCE)).toMatch(/^[0-9a-f]{32}$/);
  expect(hello.host, 'of the server that it dialled').toBe(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});

test('says nothing before the welcome, then beats at the pace that the server asks for', async () => {
  const next = acceptNext();
  const seen = await connect();
  const { say, heard, socket } = await next;
  await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.OPEN));
  client!.send({ type: 'leave' });
  say(WELCOME);
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1));
  expect(heard.every((message) => message.type === 'heartbeat' && message.tokens === 30)).toBe(true);
  expect(seen.welcomes).toBe(1);
});

test('hands messages over, but not the acknowledgements of its heartbeats', async () => {
  const next = acceptNext();
  const seen = await connect();
  const { say } = await next;
  say(WELCOME);
  say({ type: 'heartbeat-ack', at: 1 });
  const retire: ServerMessage = { type: 'retire', pool: poolIdSchema.parse('a/b@main:q4'), epoch: 3 };
  say(retire);
  await vi.waitFor(() => expect(seen.messages).toEqual([retire]));
});

test('tells the server at each beat its round trips to neighbours', async () => {
  const next = acceptNext();
  await connect();
  const { say, heard } = await next;
  say({ ...WELCOME, heartbeatMs: 200 });
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1));
  const rtts = [{ peer: PEER, ms: 12 }];
  const beat = { type: 'heartbeat', at: expect.any(Number), sessions: 2, tokens: 30, rtts };
  expect(heard.slice(0, 2)).toEqual([beat, beat]);
});

test('comes back after the connection broke, and says welcome again', async () => {
  const first = acceptNext();
  const seen = await connect();
  const { say, socket } = await first;
  say(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(1));
  const second = acceptNext();
  socket.terminate();
  (await second).say(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(2));
  expect(seen.downs).toEqual([{ code: 'link-failed', isFinal: false }]);
});

test.each(['not-authentic', 'version-mismatch'] as const)('%s is final: it does not come back', async (code) => {
  const next = acceptNext();
  const seen = await connect();
  const { say, socket } = await next;
  let connections = 0;
  server.on('connection', () => connections++);
  say({ type: 'error', error: { code, message: 'No.' } });
  socket.close();
  await vi.waitFor(() => expect(seen.downs).toEqual([{ code, isFinal: true }]));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(connections).toBe(0);
});

test('a server that sends nonsense is left, with bad-message', async () => {
  const next = acceptNext();
  const seen = await connect();
  const { say } = await next;
  say('{"type":"welcome"}');
  await vi.waitFor(() => expect(seen.downs[0]).toEqual({ code: 'bad-message', isFinal: false }));
  expect(seen.welcomes).toBe(0);
});

test('closing says leave and tells nobody that the connection is down', async () => {
  const next = acceptNext();
  const seen = await connect();
  const { say, heard, socket } = await next;
  say(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(1));
  client!.close();
  await once(socket, 'close');
  expect(heard.at(-1)).toEqual({ type: 'leave' });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen.downs).toEqual([]);
});

test('B11: says since when the server is away, and when it is tried next', async () => {
  const { port } = server.address() as AddressInfo;
  const first = acceptNext();
  const seen = await connect();
  const { say } = await first;
  say(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(1));
  for (const socket of server.clients) socket.terminate();
  server.close();
  await vi.waitFor(() => expect(seen.aways.length).toBeGreaterThan(1));
  const [one, two] = seen.aways as [ServerAway, ServerAway];
  expect(two.sinceMs).toBe(one.sinceMs);
  expect(one.nextTryMs - one.sinceMs).toBeCloseTo(400);
  expect(two.nextTryMs).toBeGreaterThan(one.nextTryMs);
  server = new WebSocketServer({ port, host: '127.0.0.1' });
  const { say: sayAgain, socket } = await acceptNext();
  sayAgain(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(2));
  const before = seen.aways.length;
  socket.terminate();
  await vi.waitFor(() => expect(seen.aways.length).toBeGreaterThan(before));
  expect(seen.aways[before]!.sinceMs, 'another absence').toBeGreaterThan(one.sinceMs);
});

test('B11: a server that answers no beat is left, though its socket stays open', async () => {
  const first = acceptNext();
  const seen = await connect();
  (await first).say(WELCOME);
  const second = acceptNext();
  await vi.waitFor(() => expect(seen.downs).toEqual([{ code: 'link-failed', isFinal: false }]));
  (await second).say(WELCOME);
  await vi.waitFor(() => expect(seen.welcomes).toBe(2));
});
