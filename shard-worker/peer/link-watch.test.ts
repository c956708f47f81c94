import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClientMessage } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { TestBroker } from '../host/test-broker.ts';
import { settle, startClock, stopClock } from '../host/test-clock.ts';
import { TestSentinel } from '../host/test-sentinel.ts';
import { TestWorker } from '../host/test-worker.ts';
import { LinkWatch } from './link-watch.ts';
import { POOL, peerOf } from './test-pool.ts';

const [A, B, C] = [peerOf('a'), peerOf('b'), peerOf('c')];

beforeEach(stopClock);
afterEach(startClock);

function makeWatch() {
  const worker = new TestWorker({});
  const sentinel = new TestSentinel();
  const said: ClientMessage[] = [];
  let late: readonly PeerId[] = [];
  const watch = new LinkWatch({
    ...{ worker, pool: POOL, sentinel: () => sentinel, send: (message) => void said.push(message) },
    onLate: (peers) => {
      late = peers;
    },
  });
  const broker = new TestBroker(
    { self: A, origin: '', iceServers: [], token: '', onChannel: (channel) => watch.add(channel) },
    { isBrokerUp: true, unreachable: new Set() },
  );
  const link = (peer: PeerId, epoch = 5) => broker.make({ peer, epoch, lane: 0, direction: 'out' }).id;
  const incoming = (peer: PeerId) => broker.make({ peer, epoch: 5, lane: 0, direction: 'in' }).id;
  return { worker, sentinel, said, watch, broker, link, incoming, late: () => late };
}

test('B8: distance is the least that ICE measured in half a minute, whatever stood in its way since', async () => {
  const { worker, broker, link } = makeWatch();
  broker.vitals.set(B, { rttMs: 40 });
  const id = link(B);
  await settle();
  expect(worker.given('note-distance')).toEqual([{ id, ms: 40 }]);
  broker.vitals.set(B, { rttMs: 300 });
  for (const ms of [...Array.from({ length: 14 }, () => 40), 300]) {
    await vi.advanceTimersByTimeAsync(2000);
    await settle();
    expect(worker.given('note-distance').at(-1)).toEqual({ id, ms });
  }
});

test('a neighbour that is late is shown and told; one that answers again is no more', async () => {
  const { sentinel, said, link, late } = makeWatch();
  const [b, c] = [link(B), link(C)];
  sentinel.tell(b, 'late');
  sentinel.tell(c, 'late');
  expect(late()).toEqual([B, C]);
  sentinel.tell(b, 'alive');
  expect(late()).toEqual([C]);
  expect(said).toEqual([B, C].map((peer) => ({ type: 'late', pool: POOL, peer })));
});

test('B2, B3: one that is silent, and over whose connection nothing comes, is told and given up', async () => {
  const { sentinel, worker, said, broker, link } = makeWatch();
  const id = link(B);
  broker.vitals.set(B, { rttMs: 4, packetAgeMs: 2700 });
  sentinel.tell(id, 'silent');
  await settle();
  expect(said).toEqual([{ type: 'silent', pool: POOL, epoch: 5, peer: B, packets: false }]);
  expect(worker.given('close-link')).toEqual([{ id }]);
  // Whatever else runs over that connection.
  expect(broker.closed).toEqual(new Set([id]));
});

test('B4: the links of an epoch that is over are watched while they are there: its answers may still run', async () => {
  const { sentinel, worker, said, broker, link } = makeWatch();
  const [old, next] = [link(B, 4), link(B, 5)];
  expect([...sentinel.watched]).toEqual([old, next]);
  broker.vitals.set(B, { packetAgeMs: 2700 });
  sentinel.tell(old, 'silent');
  await settle();
  expect(said).toEqual([{ type: 'silent', pool: POOL, epoch: 4, peer: B, packets: false }]);
  expect(worker.given('close-link')).toEqual([{ id: old }]);
});

test('one whose connection carries packets is frozen or busy: the server is asked, and its word ends it', async () => {
  const { sentinel, worker, said, broker, link, watch } = makeWatch();
  const [b, c] = [link(B), link(C)];
  broker.vitals.set(B, { packetAgeMs: 120 });
  sentinel.tell(b, 'silent');
  await settle();
  expect(said).toEqual([{ type: 'silent', pool: POOL, epoch: 5, peer: B, packets: true }]);
  expect(worker.given('close-link')).toEqual([]);
  watch.gone(C);
  expect(worker.given('close-link'), 'who answers is there, whatever is said').toEqual([]);
  watch.gone(B);
  expect(worker.given('close-link')).toEqual([{ id: b }]);
  expect([...sentinel.watched]).toEqual([b, c]);
});

test('one that stays silent is told again, until it is heard or its link is over', async () => {
  const { sentinel, said, broker, link, watch } = makeWatch();
  const [b, c] = [link(B), link(C)];
  broker.vitals.set(B, { packetAgeMs: 120 });
  broker.vitals.set(C, { packetAgeMs: 120 });
  const toldOf = (id: PeerId) => said.filter((each) => each.type === 'silent' && each.peer === id).length;
  for (const id of [b, c]) sentinel.tell(id, 'silent');
  await settle();
  await vi.advanceTimersByTimeAsync(2_500);
  await settle();
  expect([toldOf(B), toldOf(C)]).toEqual([2, 2]);
  sentinel.tell(b, 'alive');
  watch.remove(c);
  await vi.advanceTimersByTimeAsync(30_000);
  await settle();
  expect([toldOf(B), toldOf(C)]).toEqual([2, 2]);
});

test('one that answers while its connection is looked at is not given up', async () => {
  const { sentinel, worker, said, link } = makeWatch();
  const id = link(B);
  sentinel.tell(id, 'silent');
  sentinel.tell(id, 'alive');
  await settle();
  expect([said, worker.given('close-link')]).toEqual([[], []]);
});

test('a link that is over is watched no more, and measures nothing', async () => {
  const { sentinel, worker, broker, link, watch, late } = makeWatch();
  broker.vitals.set(B, { rttMs: 4 });
  const id = link(B);
  sentinel.tell(id, 'late');
  watch.remove(id);
  expect([late(), [...sentinel.watched]]).toEqual([[], []]);
  await settle();
  const before = worker.given('note-distance').length;
  await vi.advanceTimersByTimeAsync(10_000);
  await settle();
  expect(worker.given('note-distance')).toHaveLength(before);
});

test('nothing is said of a link of others before they have shown who they are', () => {
  const { sentinel, said, watch, incoming, late } = makeWatch();
  const id = incoming(B);
  sentinel.tell(id, 'late');
  sentinel.tell(id, 'silent');
  sentinel.tell(id, 'late');
  expect([said, late()]).toEqual([[], []]);
  watch.proved(id);
  expect([said, late()]).toEqual([[{ type: 'late', pool: POOL, peer: B }], [B]]);
});

test('a stranger that opens many links takes nobody else’s watch', () => {
  const { sentinel, watch, worker, incoming } = makeWatch();
  const honest = incoming(C);
  for (let links = 0; links < 500; links++) incoming(B);
  expect(sentinel.watched.size).toBe(64);
  expect(sentinel.watched.has(honest)).toBe(true);
  // What is watched no more is closed.
  expect(worker.given('close-link')).toHaveLength(501 - 64);
  watch.proved(honest);
  for (let links = 0; links < 100; links++) incoming(B);
  expect([sentinel.watched.size, sentinel.watched.has(honest)]).toEqual([65, true]);
});

test('a peer with several links is called late once in a second', async () => {
  const { sentinel, said, link } = makeWatch();
  const links = [5, 6, 7, 8].map((epoch) => link(B, epoch));
  for (const id of links) sentinel.tell(id, 'late');
  for (const id of links) sentinel.tell(id, 'alive');
  await vi.advanceTimersByTimeAsync(900);
  for (const id of links) sentinel.tell(id, 'late');
  expect(said).toHaveLength(1);
  for (const id of links) sentinel.tell(id, 'alive');
  await vi.advanceTimersByTimeAsync(100);
  for (const id of links) sentinel.tell(id, 'late');
  expect(said).toHaveLength(2);
});

test('nobody loses the watch of an only link, however many come at once', () => {
  const { sentinel, incoming } = makeWatch();
  for (let at = 0; at < 100; at++) incoming(at.toString(16).padStart(32, '0') as PeerId);
  expect(sentinel.watched.size).toBe(100);
});
