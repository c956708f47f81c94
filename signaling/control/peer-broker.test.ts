import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createHttpPort } from '../http/http-port.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { createConnectionGate } from './connection-gate.ts';
import { CONTROL_PATH } from './control-socket.ts';
import { createPeerBroker } from './peer-broker.ts';
import { TestPeer } from './test-peer.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent' });
}, OPEN_TIMEOUT_MS);
afterAll(() => server.close());

const query = (id: string, token = `t${id}`): string => `?key=peerjs&id=${id}&token=${token}&version=1.5.5`;
const brokerUrl = (path: string, id: string, token: string) =>
  server.url.replace('http', 'ws') + path + query(id, token);

/** What the control socket told each of these peers. */
const joined = new Map<string, TestPeer>();
async function join(name: string): Promise<TestPeer> {
  const peer = joined.get(name) ?? (await TestPeer.join(server.url));
  joined.set(name, peer);
  return peer;
}
const idOf = (name: string): string => joined.get(name)!.peer;

/** A PeerJS client's socket and its messages, as peerjs 1.5 opens it for the given `path` option. */
async function connect(path: string, name: string) {
  const { peer: id, brokerToken } = await join(name);
  const socket = new WebSocket(brokerUrl(path, id, brokerToken));
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  return { socket, messages };
}

describe('the PeerJS broker', () => {
  it('answers no request that asks for no socket', async () => {
    for (const path of ['/peerjs/id', '/peerjs/peerjs/id', '/peerjs/peerjs/peers']) {
      expect((await fetch(server.url + path)).status).toBe(404);
    }
  });

  it('G16: gives an id to who proved it at the control socket alone, and again when it comes back', async () => {
    const first = await connect('/peerjs/peerjs', 'own');
    const other = await join('other');
    for (const token of ['guessed', other.brokerToken, '0'.repeat(64)]) {
      const thief = new WebSocket(brokerUrl('/peerjs', idOf('own'), token));
      const [refusal] = await once(thief, 'message');
      expect(JSON.parse(String(refusal))).toMatchObject({ type: 'ERROR' });
    }
    const closed = once(first.socket, 'close');
    const again = await connect('/peerjs/peerjs', 'own');
    await closed;
    await expect.poll(() => again.messages).toEqual([{ type: 'OPEN' }]);
    again.socket.close();
  });

  it.each(['', '?key=peerjs&id=a', '?key=other&id=a&token=t', '?key=peerjs&id=a%20b&token=t'])(
    'refuses a client that does not say who it is: %s',
    async (asked) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/peerjs${asked}`);
      const [refusal] = await once(socket, 'message');
      expect(JSON.parse(String(refusal))).toMatchObject({ type: 'ERROR', payload: { msg: expect.any(String) } });
      await once(socket, 'close');
    },
  );

  it('holds what is sent to a peer that is not there yet, and tells of one that does not come', async () => {
    const caller = await connect('/peerjs', 'caller');
    await join('late');
    await join('never');
    for (const dst of [idOf('late'), idOf('never')])
      caller.socket.send(JSON.stringify({ type: 'OFFER', dst, payload: 1 }));
    caller.socket.send(JSON.stringify({ type: 'CANDIDATE', dst: idOf('late'), payload: 2 }));
    caller.socket.send(JSON.stringify({ type: 'OFFER', dst: idOf('caller'), payload: 3 }));
    await expect.poll(() => caller.messages).toHaveLength(2);
    const late = await connect('/peerjs', 'late');
    await expect.poll(() => late.messages.map(({ payload }) => payload)).toEqual([undefined, 1, 2]);
    const expiry = { type: 'EXPIRE', src: idOf('never'), dst: idOf('caller') };
    await expect.poll(() => caller.messages, { timeout: OPEN_TIMEOUT_MS }).toContainEqual(expiry);
    expect(caller.messages).toHaveLength(3);
    caller.socket.close();
    late.socket.close();
  });

  it('carries an offer from one to the other, whichever path they came by', async () => {
    const a = await connect('/peerjs/peerjs', 'a');
    const b = await connect('/peerjs', 'b');
    await expect.poll(() => a.messages).toEqual([{ type: 'OPEN' }]);
    await expect.poll(() => b.messages).toEqual([{ type: 'OPEN' }]);
    a.socket.send(JSON.stringify({ type: 'OFFER', dst: idOf('b'), payload: { sdp: 'v=0' } }));
    await expect
      .poll(() => b.messages)
      .toContainEqual({ type: 'OFFER', src: idOf('a'), dst: idOf('b'), payload: { sdp: 'v=0' } });
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

  it('A15: takes so many sockets of one address and no more, until one of them closes', async () => {
    const gate = createConnectionGate({ maxOpen: 2 });
    const port = createHttpPort({ answer: (_, response) => response.end(), socketsAt: () => broker.upgrade });
    const broker = createPeerBroker({ gate, isAdmitted: () => true });
    await port.listen(0, '127.0.0.1');
    const url = `ws://127.0.0.1:${(port.server.address() as AddressInfo).port}/peerjs`;
    const [first] = await Promise.all(
      ['1', '2'].map(async (id) => {
        const socket = new WebSocket(url + query(id));
        await once(socket, 'open');
        return socket;
      }),
    );
    const [, refused] = await once(new WebSocket(url + query('3')), 'unexpected-response');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '30']);
    expect((await refused.toArray()).join('')).toContain('of this address');
    first?.close();
    await expect.poll(() => gate.open).toBe(1);
    await once(new WebSocket(url + query('3')), 'open');
    broker.close();
    await port.close();
  });

  it.each(['/', '/controls', '/peerjsx', `${CONTROL_PATH}/x`])('no other path is upgraded: %s', async (path) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });
});
