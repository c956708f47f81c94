// A lending tab that leaves when what runs through it has ended. Without a browser: the test plays the server and the worker.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { settle, startClock, stopClock } from '../host/test-clock.ts';
import { POOL, peerOf } from './test-pool.ts';
import { JOB, joinTab, REQUEST, receiptOf } from './test-stage-tab.ts';

const [B, C] = [peerOf('b'), peerOf('c')];

beforeEach(stopClock);
afterEach(startClock);

/** A tab that serves, and whose epochs end when the test says so. */
async function serving() {
  const ends: ((hadSessions: boolean) => void)[] = [];
  const tab = await joinTab({
    'retire-epoch': () => new Promise((resolve) => ends.push((hadSessions) => resolve({ hadSessions }))),
    'sign-receipts': () => ({ receipts: [{ receipt: receiptOf(0, 8), publicKey: 'BA', signature: 'AA' }] }),
  });
  await tab.hear(5, 'ready', [tab.self, B]);
  return { ...tab, ends };
}

test('it says so, computes on, signs for what it did, and is gone a moment later', async () => {
  const { host, peer, self, state, hear, ends } = await serving();
  peer.drain(30_000);
  await settle();
  expect(host.socket.told('drain')).toHaveLength(1);
  expect(host.worker.given('retire-epoch')).toEqual([{ epoch: 5 }]);
  expect(state()).toMatchObject({ phase: 'serving', leaving: { untilMs: expect.any(Number) } });
  // What the server makes of it is known here already, and a new seat is not taken.
  host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
  await hear(6, 'forming', [self, C]);
  expect(host.worker.given('retire-epoch')).toHaveLength(1);
  expect(host.worker.given('load-stage')).toHaveLength(1);
  // A job that was on its way may run.
  host.socket.say({ type: 'job-start', job: JOB, grant: 'grant', epoch: 5, request: REQUEST });
  await settle();
  expect(host.worker.given('run-job')).toHaveLength(1);
  ends[0]!(true);
  await settle();
  host.socket.say({ type: 'receipt-request', job: JOB, epoch: 5 });
  await settle();
  expect(host.socket.told('receipts')).toHaveLength(1);
  expect([state().phase === 'left', host.worker.isTerminated]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state().phase).toBe('left');
  expect([host.socket.isOpen, host.worker.isTerminated, host.socket.heard.at(-1)]).toEqual([
    ...[false, true],
    { type: 'leave' },
  ]);
});

test('an answer that does not end is waited for no longer than was said', async () => {
  const { host, peer, state } = await serving();
  peer.drain(30_000);
  peer.drain(60_000);
  await vi.advanceTimersByTimeAsync(29_999);
  expect([state().phase, host.socket.told('drain').length]).toEqual(['serving', 1]);
  await vi.advanceTimersByTimeAsync(1);
  expect(state().phase).toBe('left');
});

test('nothing ran: it is gone at once', async () => {
  const { peer, state, ends } = await serving();
  peer.drain(30_000);
  await settle();
  ends[0]!(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(state().phase).toBe('left');
});

test('an epoch that was over before is waited for as well', async () => {
  const { host, peer, self, state, hear, ends } = await serving();
  await hear(6, 'ready', [self, C]);
  host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
  await settle();
  peer.drain(30_000);
  await settle();
  ends[1]!(false);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(state().phase).not.toBe('left');
  ends[0]!(true);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state().phase).toBe('left');
});

test('without a seat it leaves at once, and so does who waits no longer', async () => {
  const idle = await joinTab();
  idle.peer.drain(30_000);
  expect([idle.state().phase, idle.host.socket.told('drain').length]).toEqual(['left', 0]);
  const { peer, state } = await serving();
  peer.drain(30_000);
  peer.close();
  expect(state().phase).toBe('left');
});

test('neither a server that comes back nor a worker that stops brings it back', async () => {
  const { host, peer, state } = await serving();
  const offers = host.socket.told('offer').length;
  peer.drain(30_000);
  host.socket.close();
  await vi.advanceTimersByTimeAsync(2_000);
  await host.welcome();
  await settle();
  expect(offers).toBe(1);
  expect(host.socket.told('offer')).toEqual([]);
  host.worker.end(new PoolError('stage-failed', 'It stopped.'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([state().phase, host.workers.length]).toEqual(['left', 1]);
});
