// Two ends of one connection whose data channels are of the test: which pairs are made, and when it is closed.
import { EventEmitter } from 'node:events';
import type { DataConnection } from 'peerjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { KeptConnection, type Pair } from './kept-connection.ts';
import { settle, startClock, stopClock } from './test-clock.ts';

const PEER = 'b'.repeat(32) as PeerId;

class FakeConnection extends EventEmitter {
  isClosed = false;
  readonly sent: string[] = [];
  readonly made: [string, number | undefined][] = [];
  far: FakeConnection | undefined;
  readonly peerConnection = Object.assign(new EventTarget(), {
    connectionState: 'connected',
    createDataChannel: (label: string, { id }: RTCDataChannelInit) => {
      this.made.push([label, id]);
      return { label };
    },
  });

  send(text: string): void {
    this.sent.push(text);
    setImmediate(() => this.far?.emit('data', text));
  }

  close(): void {
    this.isClosed = true;
  }
}

beforeEach(stopClock);
afterEach(startClock);

function endOf(isDialler: boolean, lane = 0) {
  const connection = new FakeConnection();
  const pairs: Pair[] = [];
  let overs = 0;
  const kept = new KeptConnection({
    ...{ connection: connection as unknown as DataConnection, peer: PEER, lane, isDialler },
    mayHold: () => true,
    onPair: (pair) => void pairs.push(pair),
    onOver: () => {
      overs += 1;
    },
  });
  const given = () => pairs.map(({ epoch, direction }) => `${direction} ${epoch}`);
  return { connection, pairs, kept, given, overs: () => overs };
}

function both() {
  const [dialler, answerer] = [endOf(true), endOf(false)];
  dialler.connection.far = answerer.connection;
  answerer.connection.far = dialler.connection;
  for (const { kept } of [dialler, answerer]) kept.begin(5);
  return { dialler, answerer };
}

test('the next epoch’s link has a pair of its own, which both ends make, in whichever direction', async () => {
  const { dialler, answerer } = both();
  expect([dialler.given(), answerer.given()]).toEqual([['out 5'], ['in 5']]);
  const again = dialler.kept.again(6);
  await settle();
  expect(await again).toBe(true);
  for (const { kept } of [dialler, answerer]) for (let links = 0; links < 2; links++) kept.release(true);
  const back = answerer.kept.again(7);
  await settle();
  expect(await back).toBe(true);
  expect(dialler.given()).toEqual(['out 5', 'out 6', 'in 7']);
  expect(answerer.given()).toEqual(['in 5', 'in 6', 'out 7']);
  const ids = [100, 101, 104, 105, 102, 103];
  expect(dialler.connection.made.map(([, id]) => id)).toEqual(ids);
  expect(answerer.connection.made.map(([, id]) => id)).toEqual(ids);
});

test('a far end that says nothing is dialled anew', async () => {
  const { kept, connection, given } = endOf(true);
  const again = kept.again(6);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([await again, given()]).toEqual([false, []]);
  // And is not asked a second time.
  expect([kept.isOpenTo(PEER, 0), connection.isClosed]).toEqual([false, true]);
});

test('a connection that is gone before it says so makes no pair, and is closed', async () => {
  const { kept, connection, given } = endOf(true);
  connection.peerConnection.createDataChannel = () => {
    throw new DOMException('The connection is closed.', 'InvalidStateError');
  };
  expect(() => kept.begin(5)).toThrow(expect.objectContaining({ code: 'link-failed' }));
  expect([connection.isClosed, given()]).toEqual([true, []]);
});

test('what a stranger writes makes no channels: other people’s numbers, used ones, no words, too many', () => {
  const { kept, connection, given } = endOf(false);
  const word = (fields: object) => connection.emit('data', JSON.stringify({ type: 'again', epoch: 6, ...fields }));
  for (const pair of [1, 3, -2, 0, 2.5, 400, 'a']) word({ pair });
  word({ pair: 2, epoch: -1 });
  for (const data of ['', '{', 'x'.repeat(1e6), new ArrayBuffer(4), JSON.stringify({ type: 'made', pair: 2 })]) {
    connection.emit('data', data);
  }
  expect(given()).toEqual([]);
  word({ pair: 2 });
  word({ pair: 2 });
  expect(given()).toEqual(['in 6']);
  for (let pair = 4; pair < 100; pair += 2) word({ pair });
  expect(given(), 'three that have not shown who they are of').toHaveLength(3);
  for (let pair = 100; pair < 200; pair += 2) {
    kept.proved();
    word({ pair });
  }
  expect(given()).toHaveLength(8);
});

test('a link that is given up before it was proved leaves its room to the next one', () => {
  const { kept, connection, given } = endOf(false);
  for (let pair = 2; pair < 40; pair += 2) {
    connection.emit('data', JSON.stringify({ type: 'again', epoch: pair, pair }));
    kept.release(true, false);
  }
  expect(given()).toHaveLength(19);
});

test('is kept at both ends for whichever wants it, and asked for once', async () => {
  const { dialler, answerer } = both();
  for (const { kept } of [dialler, answerer]) kept.release(true, false);
  answerer.kept.want(true);
  answerer.kept.want(true);
  await settle();
  expect(answerer.connection.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'hold', isHeld: true }]);
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect([dialler.connection.isClosed, answerer.connection.isClosed]).toEqual([false, false]);
  answerer.kept.want(false);
  await settle();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([dialler.connection.isClosed, answerer.connection.isClosed]).toEqual([true, true]);
});

test('one that the other end alone wants is closed after ten minutes without a link', async () => {
  const { kept, connection } = endOf(false);
  kept.hold(true);
  await vi.advanceTimersByTimeAsync(599_000);
  expect(connection.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(connection.isClosed).toBe(true);
});

test('no link over it for half a minute: it is closed, once', async () => {
  const { kept, connection, overs } = endOf(true);
  kept.begin(5);
  await vi.advanceTimersByTimeAsync(60_000);
  kept.release(true);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(connection.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  connection.emit('close');
  expect([connection.isClosed, overs()]).toEqual([true, 1]);
});

test('one that a link broke over carries no other, and is closed with the last', () => {
  const { kept, connection } = endOf(true);
  kept.begin(5);
  kept.begin(6);
  expect(kept.isOpenTo(PEER, 0)).toBe(true);
  kept.release(false);
  expect([kept.isOpenTo(PEER, 0), connection.isClosed]).toEqual([false, false]);
  kept.release(true);
  expect(connection.isClosed).toBe(true);
});

test('is open to its peer and lane alone, while it is up; an answerer’s while nothing else runs over it', () => {
  const { kept, connection } = endOf(false, 2);
  expect([kept.isOpenTo(PEER, 2), kept.isOpenTo(PEER, 0), kept.isOpenTo('c'.repeat(32) as PeerId, 2)]).toEqual([
    ...[true, false, false],
  ]);
  connection.peerConnection.connectionState = 'disconnected';
  expect(kept.isOpenTo(PEER, 2)).toBe(false);
  connection.peerConnection.connectionState = 'connected';
  kept.begin(5);
  expect(kept.isOpenTo(PEER, 2)).toBe(false);
});

test('who waits for a pair when it breaks hears so', async () => {
  const { kept, connection } = endOf(true);
  const again = kept.again(6);
  connection.emit('error', new Error('ICE failed'));
  expect([await again, connection.isClosed]).toEqual([false, true]);
});

test('one whose other end is gone for good is closed, also where it is wanted and PeerJS says nothing', () => {
  const { kept, connection, overs } = endOf(false);
  kept.want(true);
  const turn = (connectionState: string): void => {
    Object.assign(connection.peerConnection, { connectionState });
    connection.peerConnection.dispatchEvent(new Event('connectionstatechange'));
  };
  turn('disconnected');
  expect(connection.isClosed).toBe(false);
  turn('failed');
  expect([connection.isClosed, overs()]).toEqual([true, 1]);
});
