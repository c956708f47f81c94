import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settle, startClock, stopClock } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import { coalitionOf, MODEL, POOL, peerOf, poolsOf, tellOf } from './test-pool.ts';
import { watchPool } from './watch-pool.ts';

const B = peerOf('b');

beforeEach(stopClock);
afterEach(startClock);

test('shows what the server says of a pool, with one socket and nothing else', async () => {
  const host = new TestHost();
  const watch = watchPool(host, { pool: MODEL, origin: 'https://other.example' });
  let changes = 0;
  watch.state.subscribe(() => changes++);
  expect(watch.state.get()).toEqual({ phase: 'connecting', pool: POOL, pools: [] });
  await host.welcome();
  expect(host.socket.url).toBe('wss://other.example/control');
  expect(host.socket.told('watch')).toEqual([{ type: 'watch', pool: POOL }]);
  host.socket.say(poolsOf('forming'));
  host.socket.say(tellOf(coalitionOf(1, 'ready', [B])));
  expect(watch.state.get()).toMatchObject({ phase: 'ready', coalition: { epoch: 1 }, pools: [{ pool: POOL }] });
  host.socket.say(tellOf(coalitionOf(1, 'broken', [B])));
  expect(watch.state.get()).not.toHaveProperty('coalition');
  expect(changes).toBe(4);
  expect([host.workers, host.brokers, host.identities]).toEqual([[], [], []]);
});

test('comes back when the server does, and says again what it watches', async () => {
  const host = new TestHost();
  const watch = watchPool(host, { pool: MODEL });
  await host.welcome();
  host.socket.close();
  expect(watch.state.get().phase).toBe('connecting');
  await vi.advanceTimersByTimeAsync(500);
  await host.welcome();
  expect(host.socket.told('watch')).toHaveLength(1);
  host.socket.say({ type: 'error', error: { code: 'version-mismatch', message: 'Reload.' } });
  host.socket.close();
  expect(watch.state.get()).toMatchObject({ phase: 'failed', error: { code: 'version-mismatch' } });
});

test('closed, it is quiet; closed at once, it never connects', async () => {
  const host = new TestHost();
  const watch = watchPool(host, { pool: MODEL });
  await host.welcome();
  watch.close();
  expect(host.socket.heard.at(-1)).toEqual({ type: 'leave' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(host.sockets).toHaveLength(1);
  const other = new TestHost();
  watchPool(other, { pool: MODEL }).close();
  for (let turn = 0; turn < 20; turn++) await settle();
  expect(other.sockets).toEqual([]);
});
