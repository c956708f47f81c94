// The broker over a PeerJS of the test: what it asks for, whom it lets in, and how each failure is told.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { settle, startClock, stopClock } from './test-clock.ts';
import { type Asked, ask, B, dialled, FakeConnection, makeBroker, SELF, sdpOf } from './test-peerjs.ts';

beforeEach(stopClock);
afterEach(startClock);

test.each([
  ['https://pool.example', { host: 'pool.example', port: 443, secure: true }],
  ['http://127.0.0.1:3000', { host: '127.0.0.1', port: 3000, secure: false }],
])('is the same server as the site: %s', async (origin, where) => {
  const { peer, peers, broker } = await makeBroker(origin);
  expect(peer.id).toBe(SELF);
  expect(peer.options).toMatchObject({ ...where, path: '/peerjs', token: 'secret', config: { iceServers: [] } });
  void broker.open();
  await settle();
  expect(peers).toHaveLength(1);
});

test('a broker that refuses this tab is told', async () => {
  const { peer, opening, broker } = await makeBroker();
  peer.emit('error', new Error('ID is taken'));
  await expect(opening).rejects.toMatchObject({ code: 'link-failed', message: expect.stringContaining('ID is taken') });
  expect(peer.destroyed).toBe(true);
  broker.close();
  await settle();
});

test('gives a raw channel beside PeerJS’s own, with both certificates, in the task that made it', async () => {
  const { asking, connection, options, channels } = await ask();
  expect(options).toMatchObject({ label: 'ring-5', metadata: { version: PROTOCOL_VERSION, epoch: 5, lane: 0 } });
  connection.emit('open');
  await asking;
  expect(connection.channels).toEqual([
    ['ring', { negotiated: true, id: 100, ordered: true }],
    ['pulse', { negotiated: true, id: 101, ordered: false, maxRetransmits: 0 }],
  ]);
  expect(channels).toMatchObject([{ id: 1, peer: B, epoch: 5, lane: 0, direction: 'out', channel: { label: 'ring' } }]);
  expect(channels[0]!.fingerprints).toEqual({ local: 'aa'.repeat(32), remote: 'bb'.repeat(32) });
  channels[0]!.close();
  expect(connection.isClosed).toBe(true);
});

test('a lane’s channel needs no order', async () => {
  const { connection, asking, channels } = await ask(2);
  connection.emit('open');
  await asking;
  expect(connection.channels[0]![1].ordered).toBe(false);
  expect(channels[0]!.lane).toBe(2);
});

test('a description that shows a moment later is waited for; one that never does is a failure', async () => {
  const { connection, asking, channels } = await ask();
  connection.peerConnection.remoteDescription = null;
  connection.emit('open');
  await vi.advanceTimersByTimeAsync(50);
  expect(channels).toEqual([]);
  connection.peerConnection.remoteDescription = sdpOf('CC');
  await vi.advanceTimersByTimeAsync(10);
  await asking;
  expect(channels[0]!.fingerprints.remote).toBe('cc'.repeat(32));
  const other = await ask();
  other.connection.peerConnection.remoteDescription = null;
  other.connection.emit('open');
  await vi.advanceTimersByTimeAsync(3_000);
  await expect(other.asking).rejects.toMatchObject({ code: 'link-failed' });
  expect([other.connection.isClosed, other.channels]).toEqual([true, []]);
});

test.each<[string, (asked: Asked) => unknown]>([
  ['fails', ({ connection }) => connection.emit('error', new Error('ICE failed'))],
  ['is closed', ({ connection }) => connection.emit('close')],
  ['leads to a peer that is not there', ({ peer }) => peer.emit('error', new Error(`Could not connect to peer ${B}`))],
  ['takes too long', () => vi.advanceTimersByTimeAsync(30_000)],
])('a connection that %s is link-failed, and closed', async (_what, befall) => {
  const asked = await ask();
  await befall(asked);
  await expect(asked.asking).rejects.toMatchObject({ code: 'link-failed', data: { peer: B, epoch: 5 } });
  expect([asked.connection.isClosed, asked.channels]).toEqual([true, []]);
});

test('another peer that is not there is no failure of this one', async () => {
  const { peer, connection, asking } = await ask();
  peer.emit('error', new Error(`Could not connect to peer ${'c'.repeat(32)}`));
  connection.emit('open');
  await asking;
});

test('a link that another tab asks for is given out; what is none is closed', async () => {
  const { peer, channels } = await ask();
  const dial = async (from: string, metadata: unknown) => {
    const connection = new FakeConnection(from, metadata);
    peer.emit('connection', connection);
    connection.emit('open');
    await settle();
    return connection;
  };
  expect((await dial(B, { version: 1, epoch: 7 })).isClosed).toBe(false);
  expect(channels).toMatchObject([{ peer: B, epoch: 7, lane: 0, direction: 'in' }]);
  for (const metadata of [undefined, { epoch: -1 }, { epoch: 7, lane: 8 }]) {
    expect((await dial(B, metadata)).isClosed).toBe(true);
  }
  expect((await dial('somebody', { epoch: 7 })).isClosed).toBe(true);
  expect(channels).toHaveLength(1);
});

test('strangers cannot dial more connections than a browser has', async () => {
  const { peer } = await ask();
  const dial = (at: number) => new FakeConnection((at % 100).toString(16).padStart(32, '0'), { epoch: 7 });
  const dialled = Array.from({ length: 300 }, (_, at) => dial(at));
  for (const connection of dialled) peer.emit('connection', connection);
  // One was asked for by this side.
  expect(dialled.filter(({ isClosed }) => !isClosed)).toHaveLength(255);
});

test('one stranger cannot dial so many that others have no room', async () => {
  const { peer } = await ask();
  const dialled = Array.from({ length: 300 }, () => new FakeConnection(B, { epoch: 7 }));
  for (const connection of dialled) peer.emit('connection', connection);
  expect(dialled.filter(({ isClosed }) => !isClosed)).toHaveLength(6);
});

test('a lane is let in beside a link that is proved', async () => {
  const { peer, channels, asking, connection } = await ask();
  connection.emit('open');
  await asking;
  expect((await dialled(peer, 'c'.repeat(32), { epoch: 7, lane: 1 })).isClosed).toBe(true);
  await dialled(peer, 'c'.repeat(32), { epoch: 7, lane: 0 });
  expect((await dialled(peer, 'c'.repeat(32), { epoch: 7, lane: 1 })).isClosed).toBe(true);
  channels.at(-1)!.proved();
  expect((await dialled(peer, 'c'.repeat(32), { epoch: 7, lane: 1 })).isClosed).toBe(false);
});

test('a lane is let in beside a link that runs over what this side dialled', async () => {
  const { peer, channels, asking, connection } = await ask();
  connection.emit('open');
  await asking;
  channels[0]!.release(true);
  connection.emit('data', JSON.stringify({ type: 'again', epoch: 6, pair: 1 }));
  channels.at(-1)!.proved();
  expect((await dialled(peer, B, { epoch: 6, lane: 1 })).isClosed).toBe(false);
});

test('where there is no room, the oldest that has shown nothing gives way, and none that has', async () => {
  const { peer, channels, asking, connection } = await ask();
  connection.emit('open');
  await asking;
  const nameOf = (at: number) => at.toString(16).padStart(32, '0');
  const honest = await dialled(peer, nameOf(1), { epoch: 7 });
  channels.at(-1)!.proved();
  const held = await dialled(peer, nameOf(2), { epoch: 0, isHeld: true });
  const strangers = [];
  for (let at = 3; at < 300; at++) strangers.push(await dialled(peer, nameOf(at), { epoch: 7 }));
  expect([honest.isClosed, held.isClosed, strangers[0]!.isClosed]).toEqual([false, false, true]);
  expect(strangers.filter(({ isClosed }) => !isClosed)).toHaveLength(253);
  expect(strangers.at(-1)!.isClosed).toBe(false);
});

test('a stranger that has six of them gives way before somebody that has one, and leaves nothing behind', async () => {
  const { peer, channels, asking, connection } = await ask();
  connection.emit('open');
  await asking;
  const nameOf = (at: number) => at.toString(16).padStart(32, '0');
  for (let at = 1; at <= 249; at++) {
    await dialled(peer, nameOf(at), { epoch: 7 });
    channels.at(-1)!.proved();
  }
  const honest = await dialled(peer, nameOf(1000), { epoch: 7 });
  const before = peer.listenerCount('error');
  const own = Array.from({ length: 6 }, () => new FakeConnection(B, { epoch: 7 }));
  for (const dial of own) peer.emit('connection', dial);
  await settle();
  expect([honest.isClosed, own.filter(({ isClosed }) => isClosed)]).toEqual([false, [own[0]]]);
  for (let at = 0; at < 200; at++) peer.emit('connection', new FakeConnection(nameOf(5000 + (at % 7)), { epoch: 7 }));
  await settle();
  // Those that are on their way now, and no more.
  expect(peer.listenerCount('error') - before).toBeLessThanOrEqual(6);
});

test('a broker’s socket that breaks is opened again, until it is closed', async () => {
  const { broker, peer } = await ask();
  peer.lose();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(peer.reconnects).toBe(1);
  peer.lose();
  broker.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([peer.reconnects, peer.destroyed]).toEqual([1, true]);
});

test('B11: while the server is away it knocks at no door; B7: and it is back with the control socket', async () => {
  const { broker, peer } = await ask();
  peer.lose();
  broker.rest();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(peer.reconnects).toBe(0);
  broker.renew('fresh');
  await settle();
  expect([peer.reconnects, peer.options.token]).toEqual([1, 'fresh']);
  // A socket that lives is left alone.
  broker.renew('again');
  await settle();
  expect(peer.reconnects).toBe(1);
});

test.each<[string, (made: Asked) => unknown]>([
  ['a link that is asked for', ({ broker }) => broker.connect(B, 6)],
  ['a connection to whom it is to be near', ({ broker }) => broker.hold(['c'.repeat(32) as PeerId])],
])('B7: %s meanwhile waits until the broker is back', async (_what, want) => {
  const made = await ask();
  const { peer } = made;
  peer.lose();
  const wanted = want(made);
  await settle();
  expect(peer.asked).toHaveLength(1);
  peer.reconnect();
  peer.emit('open');
  await settle();
  expect(peer.asked).toHaveLength(2);
  peer.asked[1]!.connection.emit('open');
  await wanted;
});

test('B7: a link is not waited for longer than one may take', async () => {
  const { broker, peer } = await ask();
  peer.lose();
  broker.rest();
  const never = expect(broker.connect(B, 7)).rejects.toMatchObject({ code: 'link-failed' });
  // The connection that is there is asked first.
  await vi.advanceTimersByTimeAsync(32_000);
  await never;
});

test('B7: a server that goes while the broker is opened for the first time is met when it is back', async () => {
  const { broker, opening, peer, peers } = await makeBroker();
  peer.lose();
  broker.rest();
  broker.renew('fresh');
  await vi.advanceTimersByTimeAsync(1_000);
  peer.emit('open');
  await opening;
  expect([peers.length, peer.reconnects]).toEqual([1, 1]);
});

test('a broker that lets nobody in is told after three tries; opened again, it is tried anew', async () => {
  const { broker, opening, peer, peers } = await makeBroker();
  for (let tries = 0; tries < 4; tries++) {
    peer.lose();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await expect(opening).rejects.toMatchObject({ code: 'link-failed' });
  expect(peer.destroyed).toBe(true);
  void broker.open();
  await settle();
  expect(peers).toHaveLength(2);
});

test('closed, it closes the connections that are there', async () => {
  const { broker, connection, asking } = await ask();
  connection.emit('open');
  await asking;
  broker.close();
  expect(connection.isClosed).toBe(true);
});
