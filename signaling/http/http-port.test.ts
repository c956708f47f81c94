import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { MAX_CONNECTIONS_PER_ADDRESS } from './connection-share.ts';
import { createHttpPort, type HttpPort, type HttpPortOptions } from './http-port.ts';

/** Says what it was asked, so that nothing can be lost on the way. */
const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method, url, headers } = request;
  response.end(`${JSON.stringify({ method, url, headers, body: await text(request) })}\n`);
};

let port: HttpPort;
let number: number;
const webSockets = new WebSocketServer({ noServer: true });
beforeAll(async () => {
  port = createHttpPort({
    answer: (request, response) => void echo(request, response),
    socketsAt: (path) =>
      path === '/socket'
        ? (request, socket, head) => webSockets.handleUpgrade(request, socket, head, (ws) => ws.send('open'))
        : undefined,
  });
  await port.listen(0, '127.0.0.1');
  number = (port.server.address() as AddressInfo).port;
});
afterAll(() => port.close());

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** A connection that writes its pieces one after the other, and all that came back. */
async function speak(...pieces: string[]): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(number, '127.0.0.1');
  open.push(socket);
  await once(socket, 'connect');
  let said = '';
  socket.on('data', (data) => {
    said += data;
  });
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(5);
  }
  return { socket, said: () => said };
}

/** The JSON bodies of answers on one connection. */
const bodies = (said: string): Record<string, unknown>[] =>
  [...said.matchAll(/^\{.*\}$/gm)].map(([body]) => JSON.parse(body));

/** What Java's HttpClient and `curl --http2` send with a first request. */
const OFFER = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n';

describe('A2: a request that offers another protocol', () => {
  it('is answered as the ordinary request that it is, and its connection serves on', async () => {
    const { said, socket } = await speak(
      `GET /v1/models?a=1 HTTP/1.1\r\nHost: x\r\n${OFFER}Accept: text/plain\r\n\r\n`,
    );
    await expect.poll(() => bodies(said())).toHaveLength(1);
    expect(said()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const [first] = bodies(said());
    expect(first).toMatchObject({ method: 'GET', url: '/v1/models?a=1', headers: { host: 'x', accept: 'text/plain' } });
    expect(first?.headers).not.toHaveProperty('upgrade');
    expect(first?.headers).not.toHaveProperty('http2-settings');
    socket.write(`GET /second HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    await expect.poll(() => bodies(said())).toHaveLength(2);
    expect(bodies(said())[1]).toMatchObject({ url: '/second' });
  });

  it.each([
    ['with its fields', (head: string, body: string) => [head + body]],
    ['later', (head: string, body: string) => [head, body]],
    ['in pieces', (head: string, body: string) => [head + body.slice(0, 3), body.slice(3, 9), body.slice(9)]],
  ])('keeps its body when that comes %s', async (_, pieces) => {
    const body = 'x=1&y=ü'.repeat(20);
    const length = Buffer.byteLength(body);
    const head = `POST /p HTTP/1.1\r\nHost: x\r\n${OFFER}Content-Length: ${length}\r\n\r\n`;
    const { said } = await speak(...pieces(head, body));
    await expect.poll(() => bodies(said())).toMatchObject([{ method: 'POST', body }]);
  });

  it('keeps a body of no told length, and a request right behind it', async () => {
    const chunks = '4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n';
    const { said } = await speak(
      `POST /c HTTP/1.1\r\nHost: x\r\n${OFFER}Transfer-Encoding: chunked\r\n\r\n${chunks}GET /next HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    await expect.poll(() => bodies(said())).toMatchObject([{ body: 'abcdefg' }, { url: '/next', body: '' }]);
  });

  it('is answered in its turn, behind and before others on one connection, however many', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const offer = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`;
    const plain = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const asked = Array.from({ length: 40 }, (_, index) => `/${index}`);
    const { said } = await speak(asked.map((path, index) => (index % 3 ? offer : plain)(path)).join(''));
    await expect.poll(() => bodies(said()).map(({ url }) => url)).toEqual(asked);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('closes its connection where it asks for that, and leaves none behind', async () => {
    const connections = () => new Promise((resolve) => port.server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    const asks = Array.from({ length: 30 }, () =>
      speak(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n`),
    );
    for (const { socket, said } of await Promise.all(asks)) {
      await (socket.closed || once(socket, 'close'));
      expect(bodies(said())).toHaveLength(1);
    }
    await expect.poll(connections).toBe(0);
  });

  it('is answered too where a WebSocket is asked for and nobody takes it', async () => {
    const { said } = await speak(
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await expect.poll(() => bodies(said())).toMatchObject([{ url: '/nowhere' }]);
  });
});

describe('A9: the end', () => {
  it('reaches connections that were upgraded, and comes at once', async () => {
    const other = createHttpPort({
      answer: (request, response) => void echo(request, response),
      socketsAt: () => (request, socket, head) =>
        webSockets.handleUpgrade(request, socket, head, (ws) => ws.send('open')),
    });
    await other.listen(0, '127.0.0.1');
    const at = (other.server.address() as AddressInfo).port;
    const socket = new WebSocket(`ws://127.0.0.1:${at}/socket`);
    await once(socket, 'message');
    const idle = connect(at, '127.0.0.1');
    await once(idle, 'connect');
    const ends = Promise.all([once(socket, 'close'), once(idle, 'close')]);
    await other.close();
    await ends;
    expect(other.server.listening).toBe(false);
  });
});

it('A14: connections may not dawdle, and outlive what proxies keep', () => {
  const { headersTimeout, requestTimeout, keepAliveTimeout } = port.server;
  expect(headersTimeout).toBeLessThanOrEqual(30_000);
  expect(requestTimeout).toBeGreaterThan(headersTimeout);
  expect(keepAliveTimeout).toBeGreaterThan(60_000);
});

describe('G16: connections of one address', () => {
  /** Connections that say nothing, from one address of this machine. */
  const silent = async (count: number, at: number, localAddress: string): Promise<Socket[]> => {
    const sockets = Array.from({ length: count }, () => connect({ port: at, host: '127.0.0.1', localAddress }));
    open.push(...sockets);
    for (const socket of sockets) socket.on('error', () => {});
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return sockets;
  };
  const get = async (at: number, localAddress: string): Promise<string> => {
    const [socket] = await silent(1, at, localAddress);
    socket!.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return (await text(socket!)).split('\r\n')[0] ?? '';
  };
  const openPort = async (options: Partial<HttpPortOptions> = {}) => {
    const other = createHttpPort({
      answer: (request, response) => void echo(request, response),
      socketsAt: () => (request, socket, head) =>
        webSockets.handleUpgrade(request, socket, head, (ws) => ws.send('open')),
      ...options,
    });
    await other.listen(0, '127.0.0.1');
    return { other, at: (other.server.address() as AddressInfo).port };
  };
  const held = (of: HttpPort) => new Promise((resolve) => of.server.getConnections((_, count) => resolve(count)));

  it('are so many at once, and the one too many is told so; other addresses are not held up', async () => {
    const { other, at } = await openPort();
    const sockets = await silent(MAX_CONNECTIONS_PER_ADDRESS + 50, at, '127.0.0.2');
    await expect.poll(() => held(other)).toBe(MAX_CONNECTIONS_PER_ADDRESS);
    expect(await get(at, '127.0.0.1')).toBe('HTTP/1.1 200 OK');
    expect(await get(at, '127.0.0.2')).toBe('HTTP/1.1 429 Too Many Requests');
    for (const socket of sockets.slice(0, 60)) socket.destroy();
    await expect.poll(() => get(at, '127.0.0.2')).toBe('HTTP/1.1 200 OK');
    await other.close();
  });

  it('are not counted once they carry a WebSocket, nor behind a proxy', async () => {
    const { other, at } = await openPort();
    const ws = await Promise.all(
      Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS + 5 }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${at}/socket`, { localAddress: '127.0.0.3' });
        await once(socket, 'message');
        return socket;
      }),
    );
    expect(await get(at, '127.0.0.3')).toBe('HTTP/1.1 200 OK');
    for (const socket of ws) socket.terminate();
    await other.close();
    const behind = await openPort({ trustedProxies: 1 });
    await silent(MAX_CONNECTIONS_PER_ADDRESS + 5, behind.at, '127.0.0.2');
    expect(await get(behind.at, '127.0.0.2')).toBe('HTTP/1.1 200 OK');
    await behind.other.close();
  });

  it('that say nothing are closed', async () => {
    const { other, at } = await openPort({ headersMs: 100 });
    const sockets = await silent(3, at, '127.0.0.2');
    await Promise.all(sockets.map((socket) => (socket.destroyed ? undefined : once(socket.resume(), 'close'))));
    await expect.poll(() => held(other)).toBe(0);
    await other.close();
  });
});
