// G10: whose pages may open a WebSocket, over a real port.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createHttpPort, type HttpPort } from './http-port.ts';
import { ownUpgrades } from './own-upgrades.ts';

const sockets = new WebSocketServer({ noServer: true });
let port: HttpPort;
let number: number;
beforeAll(async () => {
  const take = ownUpgrades((...upgrade) => sockets.handleUpgrade(...upgrade, (ws) => ws.send('open')), {
    publicUrl: 'https://pool.example/',
    listed: ['https://dapp.example'],
  });
  port = createHttpPort({ answer: (_request, response) => response.end(), socketsAt: () => take });
  await port.listen(0, '127.0.0.1');
  number = (port.server.address() as AddressInfo).port;
});
afterAll(() => port.close());

/** What a page of this origin gets: a message, or the status of the refusal. */
async function open(origin: string | undefined, host = '127.0.0.1'): Promise<string> {
  const headers = origin === undefined ? {} : { origin };
  const socket = new WebSocket(`ws://127.0.0.1:${number}/`, { headers: { ...headers, host: `${host}:${number}` } });
  const refused = once(socket, 'unexpected-response').then(([, response]) => String(response.statusCode));
  const said = await Promise.race([once(socket, 'message').then(([data]) => String(data)), refused]);
  socket.on('error', () => {});
  socket.terminate();
  return said;
}

test.each([
  ['a program', () => undefined],
  ['a page of this server', () => `http://127.0.0.1:${number}`],
  ['a page at the public address', () => 'https://pool.example'],
  ['a page of a listed site', () => 'https://dapp.example'],
])('%s may', async (_who, origin) => {
  expect(await open(origin())).toBe('open');
});

test.each([
  ['any other site', () => 'https://evil.example'],
  ['a page of another port of this machine', () => `http://127.0.0.1:${number + 1}`],
  ['a listed site over http', () => 'http://dapp.example'],
  ['a file or a sandboxed frame', () => 'null'],
  ['what is no origin', () => 'http://127.0.0.1:x'],
])('%s may not', async (_who, origin) => {
  expect(await open(origin())).toBe('403');
});
