import { mkdtempSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { keepCertificates } from '../tls/keep-certificates.ts';
import { MAX_CONNECTIONS_PER_ADDRESS } from './connection-share.ts';
import { createHttpPort, type HttpPort } from './http-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'computepool-front-'));
const HEADERS_MS = 300;
const webSockets = new WebSocketServer({ noServer: true });
let ca = '';
let port: HttpPort;
let number: number;

const keep = (name: string) => keepCertificates({ folder, machine: 'test', names: () => ['localhost', name] });

beforeAll(async () => {
  const kept = await keep('one.local');
  ca = `-----BEGIN CERTIFICATE-----\n${kept.authority.der.toString('base64')}\n-----END CERTIFICATE-----`;
  port = createHttpPort({
    answer: (_request, response) => response.end('secret'),
    socketsAt: () => (request, socket, head) =>
      webSockets.handleUpgrade(request, socket, head, (ws) => ws.send('open')),
    tls: { certificate: kept.server, plain: (_request, response) => response.end('plain') },
    headersMs: HEADERS_MS,
  });
  await port.listen(0, '127.0.0.1');
  number = port.address().port;
});
afterAll(async () => {
  await port.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = () => ({ host: 'localhost', port: number, agent: false, family: 4 });

const overTls = async (servername = 'localhost'): Promise<string> => {
  const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    request({ ...at(), ca, servername }, resolve)
      .on('error', reject)
      .end(),
  );
  return text(answer);
};
const overPlain = async (): Promise<string> =>
  text(
    await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      plainRequest(at(), resolve).on('error', reject).end(),
    ),
  );

/** What is not read would be waited for. */
const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.resume().once('close', () => resolve()));

it('speaks TLS to whoever does, and plainly to who does not, at one port', async () => {
  expect(await overTls()).toBe('secret');
  expect(await overPlain()).toBe('plain');
});

it('takes WebSockets over TLS, and none over plain http', async () => {
  const secure = new WebSocket(`wss://localhost:${number}/x`, { ca });
  expect(String(await new Promise((resolve) => secure.once('message', resolve)))).toBe('open');
  secure.close();
  const plain = new WebSocket(`ws://localhost:${number}/x`);
  expect(String(await new Promise((resolve) => plain.once('error', resolve)))).toContain('Unexpected server response');
});

it('closes whoever says nothing, before the handshake, in it and after it', async () => {
  const silent = connect(number, '127.0.0.1');
  const half = connect(number, '127.0.0.1', () => half.write(Buffer.from([22, 3, 1])));
  const shaken = connectTls({ host: '127.0.0.1', port: number, ca, servername: 'localhost' });
  for (const socket of [silent, half, shaken]) socket.on('error', () => {});
  await Promise.all([silent, half, shaken].map(ended));
  expect(await overTls()).toBe('secret');
});

it('one address does not hold all connections, whatever it says on them', async () => {
  const held = Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS }, () => connect(number, '127.0.0.1'));
  for (const socket of held) socket.on('error', () => {});
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await expect(overTls()).rejects.toThrow(/disconnected|hang up|ECONNRESET/);
  await Promise.all(held.map(ended));
  expect(await overTls()).toBe('secret');
});

it('serves the next certificate to who comes from now on', async () => {
  await expect(overTls('two.local')).rejects.toThrow(/two\.local/);
  port.renew((await keep('two.local')).server);
  expect(await overTls('two.local')).toBe('secret');
});
