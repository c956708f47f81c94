// Which connections the broker keeps and asks again, for the links of later epochs and for those that are to be near.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { settle, startClock, stopClock } from './test-clock.ts';
import { type Asked, ask, B, dialled, FakeConnection, sdpOf } from './test-peerjs.ts';

beforeEach(stopClock);
afterEach(startClock);

test('the next epoch’s link runs over the same connection, also when the first one is over', async () => {
  const { asking, connection, broker, channels, peer } = await ask();
  connection.emit('open');
  await asking;
  channels[0]!.release(true);
  const again = broker.connect(B, 6);
  await settle();
  expect(connection.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'again', epoch: 6, pair: 2 }]);
  connection.emit('data', JSON.stringify({ type: 'made', pair: 2 }));
  await again;
  expect([peer.asked.length, connection.isClosed]).toEqual([1, false]);
  expect(channels.map(({ id, epoch, direction }) => [id, epoch, direction])).toEqual([
    [1, 5, 'out'],
    [2, 6, 'out'],
  ]);
  expect(channels[1]!.fingerprints).toEqual(channels[0]!.fingerprints);
});

test.each<[string, (made: Asked) => void]>([
  ['is down', ({ connection }) => Object.assign(connection.peerConnection, { connectionState: 'disconnected' })],
  ['was closed', ({ connection }) => connection.emit('close')],
  ['had a link that broke', ({ channels }) => channels[0]!.release(false)],
])('another is dialled where the connection %s', async (_what, befall) => {
  const made = await ask();
  made.connection.emit('open');
  await made.asking;
  befall(made);
  const again = made.broker.connect(B, 6);
  await settle();
  expect(made.peer.asked).toHaveLength(2);
  made.peer.asked[1]!.connection.emit('open');
  await again;
  expect(made.channels.at(-1)).toMatchObject({ epoch: 6, direction: 'out' });
});

test('a link that is over lets go once, however often it is said', async () => {
  const { asking, connection, channels } = await ask();
  connection.emit('open');
  await asking;
  for (let times = 0; times < 3; times++) channels[0]!.release(true);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(connection.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(connection.isClosed).toBe(true);
});

test('B5: who is to be near is connected without a link, kept for as long, and asked over that connection', async () => {
  const { broker, peer, channels } = await ask();
  const C = 'c'.repeat(32) as PeerId;
  broker.hold([C]);
  broker.hold([C]);
  await settle();
  expect(peer.asked).toHaveLength(2);
  const { connection, options } = peer.asked[1]!;
  expect(options).toMatchObject({ metadata: { epoch: 0, lane: 0, isHeld: true } });
  connection.emit('open');
  await settle();
  expect([connection.channels, channels]).toEqual([[], []]);
  broker.hold([C]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([peer.asked.length, connection.isClosed]).toEqual([2, false]);
  const asking = broker.connect(C, 9);
  await settle();
  connection.emit('data', JSON.stringify({ type: 'made', pair: 2 }));
  await asking;
  expect(channels).toMatchObject([{ peer: C, epoch: 9, direction: 'out' }]);
  broker.hold([]);
  channels[0]!.release(true);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(connection.isClosed).toBe(true);
});

test('B5: one that is held by another tab carries this tab’s own link to it, and is that one’s to close', async () => {
  const { broker, peer, channels } = await ask();
  const C = 'c'.repeat(32) as PeerId;
  const held = await dialled(peer, C, { epoch: 0, lane: 0, isHeld: true });
  await vi.advanceTimersByTimeAsync(500_000);
  expect([held.isClosed, channels]).toEqual([false, []]);
  const asking = broker.connect(C, 9);
  await settle();
  expect(held.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'again', epoch: 9, pair: 1 }]);
  held.emit('data', JSON.stringify({ type: 'made', pair: 1 }));
  await asking;
  expect(channels).toMatchObject([{ peer: C, epoch: 9, direction: 'out' }]);
});

test('others hold one connection each, and thirty-two in all', async () => {
  const { peer } = await ask();
  const nameOf = (at: number) => at.toString(16).padStart(32, '0');
  const first = await dialled(peer, nameOf(1), { epoch: 0, isHeld: true });
  const again = await dialled(peer, nameOf(1), { epoch: 0, isHeld: true });
  expect([first.isClosed, again.isClosed]).toEqual([false, true]);
  const more = [];
  for (let at = 2; at < 40; at++) more.push(await dialled(peer, nameOf(at), { epoch: 0, isHeld: true }));
  expect(more.filter(({ isClosed }) => !isClosed)).toHaveLength(31);
});

test('others hold no more however fast they dial', async () => {
  const { peer } = await ask();
  const many = Array.from({ length: 255 }, (_, at) => at.toString(16).padStart(32, '0')).map(
    (from) => new FakeConnection(from, { epoch: 0, isHeld: true }),
  );
  for (const one of many) peer.emit('connection', one);
  for (const one of many) one.emit('open');
  await settle();
  expect(many.filter(({ isClosed }) => !isClosed)).toHaveLength(32);
  expect((await dialled(peer, 'e'.repeat(32), { epoch: 7, lane: 0 })).isClosed).toBe(false);
  // By a word, no more either.
  const link = await dialled(peer, 'f'.repeat(32), { epoch: 7, lane: 0 });
  link.emit('data', JSON.stringify({ type: 'hold', isHeld: true }));
  for (const word of [false, true]) many[0]!.emit('data', JSON.stringify({ type: 'hold', isHeld: word }));
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(many.filter(({ isClosed }) => !isClosed)).toHaveLength(0);
});

test('a connection that closes before its descriptions show is none, and no other link fails for it', async () => {
  const { broker, peer, asking } = await ask();
  const { connection } = peer.asked[0]!;
  const { peerConnection } = connection;
  peerConnection.remoteDescription = null;
  connection.emit('open');
  await settle();
  // As PeerJS does it.
  Object.assign(connection, { peerConnection: null });
  connection.emit('close');
  peerConnection.remoteDescription = sdpOf('BB');
  await expect(asking).rejects.toMatchObject({ code: 'link-failed' });
  await vi.advanceTimersByTimeAsync(50);
  const other = broker.connect('c'.repeat(32) as PeerId, 6);
  await settle();
  peer.asked[1]!.connection.emit('open');
  await other;
});

test('B5: whom it is to be near is told so over a connection that is there, and dialled again when that has ended', async () => {
  const { broker, peer, asking, connection, channels } = await ask();
  connection.emit('open');
  await asking;
  channels[0]!.release(true);
  broker.hold([B]);
  await settle();
  expect(connection.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'hold', isHeld: true }]);
  await vi.advanceTimersByTimeAsync(3600_000);
  expect(connection.isClosed).toBe(false);
  connection.emit('close');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(peer.asked).toHaveLength(2);
  // It fails: there is another try, later each time.
  for (const waitMs of [4_000, 8_000, 16_000]) {
    peer.asked.at(-1)!.connection.emit('close');
    await settle();
    const { length } = peer.asked;
    await vi.advanceTimersByTimeAsync(waitMs - 100);
    expect(peer.asked).toHaveLength(length);
    await vi.advanceTimersByTimeAsync(100);
    expect(peer.asked).toHaveLength(length + 1);
  }
  const { length } = peer.asked;
  broker.hold([]);
  peer.asked.at(-1)!.connection.emit('close');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(peer.asked).toHaveLength(length);
});
