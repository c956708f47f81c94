// What befalls a lending tab: links break, epochs change, the server restarts, it leaves. Without a browser: the test plays
// the server, the worker and the other peers.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { settle, startClock, stopClock, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import type { WorkerScript } from '../host/test-worker.ts';
import { openStagePeer } from './stage-peer.ts';
import { MODEL, POOL, peerOf } from './test-pool.ts';
import { JOB, joinTab, REQUEST } from './test-stage-tab.ts';

const [B, C] = [peerOf('b'), peerOf('c')];
const failing = (error: PoolError) => () => Promise.reject(error);
const broken = new PoolError('link-failed', 'No way.');

beforeEach(stopClock);
afterEach(startClock);

describe('links', () => {
  test('one that fails once is tried again', async () => {
    let attempts = 0;
    const { host, self, state, hear } = await joinTab({
      'add-link': () => (++attempts === 1 ? failing(broken)() : undefined),
    });
    await hear(5, 'forming', [self, B]);
    expect(host.broker.asked).toHaveLength(2);
    expect(state().phase).toBe('serving');
    expect(host.socket.told('link-down')).toEqual([]);
  });

  test('one that fails twice is reported, and the tab waits for what the server makes of it', async () => {
    const { host, self, state, hear } = await joinTab();
    host.unreachable.add(B);
    await hear(5, 'forming', [self, B]);
    expect(host.broker.asked).toHaveLength(2);
    expect(host.socket.told('link-down')).toEqual([{ type: 'link-down', pool: POOL, epoch: 5, peer: B }]);
    expect(host.socket.told('stage-failed')).toEqual([]);
    expect(host.worker.given('serve-epoch')).toEqual([]);
    expect(state().phase).toBe('waiting');
    // Without B it goes on.
    host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
    await hear(6, 'forming', [self]);
    expect(state()).toMatchObject({ phase: 'serving', coalition: { epoch: 6 } });
  });

  test('the one to the next stage breaks while it serves: reported', async () => {
    const { host, self, hear } = await joinTab();
    await hear(5, 'forming', [self, B]);
    host.breakLink(B, 5);
    expect(host.socket.told('link-down')).toEqual([{ type: 'link-down', pool: POOL, epoch: 5, peer: B }]);
    expect(host.broker.released).toEqual(new Map([[1, 'unfit']]));
  });

  test('the one to the exit breaks: jobs are told, and after a moment there is another', async () => {
    const { host, self, hear } = await joinTab();
    await hear(5, 'forming', [self, B, C]);
    host.breakLink(C, 5);
    expect(host.worker.given('drop-coalition')).toMatchObject([{ epoch: 5, error: { code: 'link-failed' } }]);
    expect(host.socket.told('link-down')).toEqual([]);
    await vi.advanceTimersByTimeAsync(999);
    expect(host.broker.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    await settle();
    expect(host.broker.asked.map(({ peer }) => peer)).toEqual([B, C, C]);
    expect(host.worker.given('use-coalition')).toHaveLength(2);
  });

  test('an exit that cannot be reached is reported; the ring goes on', async () => {
    const { host, self, state, hear } = await joinTab();
    host.unreachable.add(C);
    await hear(5, 'forming', [self, B, C]);
    expect(host.socket.told('link-down')).toEqual([{ type: 'link-down', pool: POOL, epoch: 5, peer: C }]);
    expect(state().phase).toBe('serving');
    expect(host.worker.given('use-coalition')).toEqual([]);
  });

  test('a long one gets lanes, one after another', async () => {
    const { host, self, hear } = await joinTab();
    await hear(5, 'forming', [self, B]);
    host.worker.tell('link-long', { epoch: 5, peer: B });
    host.worker.tell('link-long', { epoch: 4, peer: B });
    await settle();
    expect(host.broker.asked.slice(1)).toEqual([1, 2, 3, 4].map((lane) => ({ peer: B, epoch: 5, lane })));
    // A lane that breaks is no broken link.
    host.worker.tell('link-closed', { id: 3, epoch: 5, peer: B, direction: 'out', lane: 2 });
    expect(host.broker.released).toEqual(new Map([[3, 'unfit']]));
    expect(host.socket.told('link-down')).toEqual([]);
  });

  test('round trips are told with a heartbeat once it serves', async () => {
    const { host, self, hear } = await joinTab();
    host.worker.tell('links', { rtts: [{ peer: B, ms: 12 }], refusals: {} });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(host.socket.told('heartbeat').at(-1)).not.toHaveProperty('rtts');
    await hear(5, 'forming', [self]);
    const before = host.socket.told('heartbeat').length;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(host.socket.told('heartbeat')).toHaveLength(before + 1);
    expect(host.socket.told('heartbeat').at(-1)?.rtts).toEqual([{ peer: B, ms: 12 }]);
  });
});

describe('epochs', () => {
  test('a new one is loaded beside the old one, which then is retired', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'ready', [self, B]);
    await hear(6, 'forming', [self, C]);
    expect(state()).toMatchObject({ phase: 'serving', slice: { epoch: 6 }, coalition: { epoch: 6 } });
    host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
    await settle();
    expect(host.worker.given('retire-epoch')).toEqual([{ epoch: 5 }]);
    expect(host.worker.given('drop-coalition')).toMatchObject([{ epoch: 5, error: { code: 'epoch-stale' } }]);
    expect(state()).toMatchObject({ phase: 'serving', slice: { epoch: 6 } });
    // What is over breaks no more.
    host.breakLink(B, 5);
    expect(host.socket.told('link-down')).toEqual([]);
  });

  test('retired without another it waits, and shows no slice', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'ready', [self]);
    host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
    await settle();
    expect(state().phase).toBe('waiting');
    expect([state().slice, state().coalition]).toEqual([undefined, undefined]);
  });

  test('one that breaks ends what is driven over it; the server says what follows', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'ready', [self, B]);
    await hear(5, 'broken', [self, B]);
    expect(host.worker.given('drop-coalition')).toMatchObject([{ epoch: 5, error: { code: 'stage-left' } }]);
    expect(state()).toMatchObject({ phase: 'serving', coalition: { state: 'broken' } });
  });

  test('one that changes while it loads is given up in silence', async () => {
    const loads: ((error: PoolError) => void)[] = [];
    const script: WorkerScript = { 'load-stage': () => new Promise((_resolve, reject) => void loads.push(reject)) };
    const { host, self, state, hear } = await joinTab(script);
    await hear(5, 'forming', [self]);
    host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
    loads[0]!(new PoolError('cancelled', 'The coalition changed while this slice was loading.'));
    await settle();
    expect(state().phase).toBe('waiting');
    expect(host.socket.told('stage-failed')).toEqual([]);
  });
});

describe('the server', () => {
  test('restarts: the tab comes back, lets its epochs go and offers itself again', async () => {
    const { host, self, state, hear } = await joinTab({ 'run-job': () => new Promise<void>(() => {}) });
    await hear(5, 'ready', [self, B]);
    host.socket.say({ type: 'job-start', job: JOB, grant: 'grant', epoch: 5, request: REQUEST });
    await settle();
    host.socket.close();
    expect(state().phase).toBe('connecting');
    expect(host.worker.given('cancel-job')).toEqual([{ job: JOB }]);
    await vi.advanceTimersByTimeAsync(500);
    expect(host.sockets).toHaveLength(2);
    expect(await host.welcome()).toBe(self);
    await until(() => host.socket.told('offer').length > 0);
    await settle();
    expect(host.worker.given('retire-epoch')).toEqual([{ epoch: 5 }]);
    expect(host.worker.given('trust-server')).toHaveLength(2);
    expect(host.brokers).toHaveLength(1);
    expect(state().phase).toBe('waiting');
    expect(state().slice).toBeUndefined();
    await hear(9, 'forming', [self]);
    expect(state()).toMatchObject({ phase: 'serving', slice: { epoch: 9 } });
  });

  test('a server that refuses this peer for good ends it', async () => {
    const { host, state } = await joinTab();
    host.socket.close();
    await vi.advanceTimersByTimeAsync(500);
    host.socket.say({ type: 'error', error: { code: 'version-mismatch', message: 'Reload.' } });
    host.socket.close();
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'version-mismatch' } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.sockets).toHaveLength(2);
  });

  test('a broker that lets it in no more ends it', async () => {
    const host = new TestHost();
    host.isBrokerUp = false;
    const peer = openStagePeer(host, { pool: MODEL });
    await host.welcome();
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error?.code).toBe('link-failed');
    expect(host.socket.told('offer')).toEqual([]);
  });

  test('a key that the worker does not take ends it', async () => {
    const host = new TestHost({ 'trust-server': failing(new PoolError('internal', 'No key.')) });
    const peer = openStagePeer(host, { pool: MODEL });
    await host.welcome();
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error?.code).toBe('internal');
  });
});

describe('leaving', () => {
  test('says so and frees everything; what comes later changes nothing', async () => {
    const { host, peer, self, state, hear } = await joinTab();
    await hear(5, 'ready', [self, B]);
    const { socket } = host;
    peer.close();
    expect(state().phase).toBe('left');
    expect(socket.heard.at(-1)).toEqual({ type: 'leave' });
    expect([socket.isOpen, host.broker.isClosed, host.worker.isTerminated, host.released]).toEqual([
      ...[false, true, true, 1],
    ]);
    const calls = host.worker.calls.length;
    await hear(6, 'forming', [self]);
    host.worker.tell('fault', { code: 'device-lost', message: 'Late.' });
    await vi.advanceTimersByTimeAsync(60_000);
    peer.close();
    expect(state().phase).toBe('left');
    expect([host.worker.calls.length, host.sockets.length, host.released]).toEqual([calls, 1, 1]);
  });

  test('before it knows who it is, it gives the identity back all the same', async () => {
    const host = new TestHost();
    const peer = openStagePeer(host, { pool: MODEL });
    peer.close();
    await until(() => host.released === 1);
    expect(peer.state.get().phase).toBe('left');
    expect(host.sockets).toEqual([]);
  });

  test('while a slice retires: it stays left', async () => {
    const { host, peer, self, state, hear } = await joinTab({ 'retire-epoch': () => new Promise(() => {}) });
    await hear(5, 'ready', [self]);
    host.socket.say({ type: 'retire', pool: POOL, epoch: 5 });
    peer.close();
    await settle();
    expect(state().phase).toBe('left');
  });
});
