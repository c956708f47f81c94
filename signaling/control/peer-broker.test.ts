import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { CONTROL_PATH } from './control-socket.ts';
import { TestPeer } from './test-peer.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent' });
}, OPEN_TIMEOUT_MS);
afterAll(() => server.close());

const query = (id: string): string => `?key=peerjs&id=${id}&token=t${id}&version=1.5.5`;

/** A PeerJS client's socket and its messages, as peerjs 1.5 opens it for the given `path` option. */
async function connect(path: string, id: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}${query(id)}`);
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  return { socket, messages };
}

describe('the PeerJS broker', () => {
  it.each(['/peerjs/id', '/peerjs/peerjs/id'])('gives out ids at %s', async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('does not list who is there', async () => {
    expect((await fetch(`${server.url}/peerjs/peerjs/peers`)).status).toBe(401);
  });

  it('carries an offer from one to the other, whichever path they came by', async () => {
    const a = await connect('/peerjs/peerjs', 'a');
    const b = await connect('/peerjs', 'b');
    await expect.poll(() => a.messages).toEqual([{ type: 'OPEN' }]);
    await expect.poll(() => b.messages).toEqual([{ type: 'OPEN' }]);
    a.socket.send(JSON.stringify({ type: 'OFFER', dst: 'b', payload: { sdp: 'v=0' } }));
    await expect.poll(() => b.messages).toContainEqual({ type: 'OFFER', src: 'a', dst: 'b', payload: { sdp: 'v=0' } });
    a.socket.close();
    b.socket.close();
  });

  it('lives beside the control socket on one port', async () => {
    const broker = await connect('/peerjs/peerjs', 'c');
    const peer = await TestPeer.join(server.url);
    peer.send({ type: 'heartbeat', at: 1, sessions: 0, tokens: 0 });
    await peer.next('heartbeat-ack');
    await expect.poll(() => broker.messages).toEqual([{ type: 'OPEN' }]);
    expect(broker.socket.readyState).toBe(WebSocket.OPEN);
    broker.socket.close();
    peer.socket.close();
  });

  it('survives garbage and ends a flood', async () => {
    const noisy = await connect('/peerjs/peerjs', 'd');
    for (const text of ['x', 'null', '{}', '{"type":"OFFER"}', '{"type":"OFFER","dst":{}}']) noisy.socket.send(text);
    const closed = once(noisy.socket, 'close');
    for (let index = 0; index < 3000; index += 1) noisy.socket.send('{"type":"HEARTBEAT"}');
    await closed;
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it.each(['/', '/controls', '/peerjsx', `${CONTROL_PATH}/x`])('no other path is upgraded: %s', async (path) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });
});
