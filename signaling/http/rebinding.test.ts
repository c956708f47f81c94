// G10: a page that gave its own name the address of this machine, over the ports of real servers.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { type RunningServer, startServer } from '../start-server.ts';

const PAGE = 'rebound.example';
let server: RunningServer;
let named: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent' });
  named = await startServer({
    logger: 'silent',
    publicUrl: 'https://pool.example',
    allowedHosts: ['metrics.internal'],
  });
}, OPEN_TIMEOUT_MS);
afterAll(() => Promise.all([server.close(), named.close()]));

interface Told {
  status: number;
  text: string;
}

/** What a page of this name reads: its browser sends the name as `Host`, with whatever port it asks at. */
const read = ({ port }: RunningServer, path: string, host: string, method = 'GET'): Promise<Told> =>
  new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, origin: `http://${host}:${port}`, 'sec-fetch-site': 'same-origin' };
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject).end();
  });

/** What its sockets get: `open`, or the status and the words of the refusal. */
const join = ({ port }: RunningServer, path: string, host: string): Promise<string> =>
  new Promise((resolve) => {
    const headers = { host: `${host}:${port}`, origin: `http://${host}:${port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('error', () => {});
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
    });
  });

it('G10: reads nothing of this server, whatever path it asks for', async () => {
  for (const path of ['/metrics', '/healthz', '/readyz', '/', '/openapi.json', '/models/index.json', '/nowhere']) {
    const { status, text } = await read(server, path, PAGE);
    expect([path, status]).toEqual([path, 421]);
    expect(text).toMatch(/^This server does not go by the name.*--allowed-hosts\.$/);
  }
});

it('G10: is told so in the shape of each interface', async () => {
  for (const [path, method] of [
    ['/v1/models', 'GET'],
    ['/v1/chat/completions', 'POST'],
    ['/v1', 'GET'],
  ] as const) {
    const { status, text } = await read(server, path, PAGE, method);
    const { error } = JSON.parse(text);
    expect([status, error.code, error.type, error.param]).toEqual([421, 'host_refused', 'invalid_request_error', null]);
    expect(error.message).toContain('--allowed-hosts');
  }
  for (const [path, method] of [
    ['/api/config', 'GET'],
    ['/api/account', 'POST'],
  ] as const) {
    const { status, text } = await read(server, path, PAGE, method);
    const { error } = JSON.parse(text);
    expect([status, error.code]).toEqual([421, 'host-refused']);
    expect(error.next).toContain('--allowed-hosts');
  }
});

it('G10: takes no seat and no broker’s place', async () => {
  for (const path of ['/control', '/peerjs/peerjs?key=peerjs&id=ab&token=cd']) {
    expect(await join(server, path, PAGE), path).toMatch(/^421 .*--allowed-hosts\.$/);
  }
  expect(await join(server, '/control', 'localhost')).toBe('open');
});

it('G10: the server answers by its own names, with any port', async () => {
  for (const host of ['localhost', 'site.localhost', '127.0.0.1']) {
    expect((await read(server, '/healthz', host)).status, host).toBe(200);
    expect((await read(named, '/healthz', host)).status, host).toBe(200);
  }
  for (const host of ['pool.example', 'metrics.internal']) {
    expect((await read(named, '/healthz', host)).status, host).toBe(200);
    expect(await join(named, '/control', host), host).toBe('open');
    expect((await read(server, '/healthz', host)).status, host).toBe(421);
  }
});

it('G16: the site says that it is reached over https alone where it is', async () => {
  const headerOf = async ({ url }: RunningServer) =>
    (await fetch(`${url}/healthz`)).headers.get('strict-transport-security');
  expect([await headerOf(named), await headerOf(server)]).toEqual(['max-age=31536000', null]);
});
