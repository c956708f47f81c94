import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PoolRef } from '../../protocol/ids.ts';
import { KeptPeer } from './kept-peer.ts';

const pool = (repo: string): PoolRef => ({ repo, revision: 'main', dtype: 'q4' });
const opened: { repo: string; isClosed: boolean; close(): void }[] = [];
let isBusy = false;
let kept: KeptPeer<(typeof opened)[number]>;
beforeEach(() => {
  vi.useFakeTimers();
  opened.length = 0;
  isBusy = false;
  kept = new KeptPeer(
    async ({ repo }) => {
      const peer = {
        ...{ repo, isClosed: false },
        close() {
          peer.isClosed = true;
        },
      };
      opened.push(peer);
      return peer;
    },
    () => isBusy,
  );
});
afterEach(() => void vi.useRealTimers());

test('a page that comes back finds the peer that it left, where an answer runs', async () => {
  kept.hold(pool('a/b'));
  await vi.advanceTimersByTimeAsync(1);
  isBusy = true;
  kept.release();
  await vi.advanceTimersByTimeAsync(60_000);
  kept.hold(pool('a/b'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toMatchObject([{ isClosed: false }]);
  expect(kept.state.get().peer).toBe(opened[0]);
});

test('it is closed with its page, but not before the answer has ended', async () => {
  kept.hold(pool('a/b'));
  await vi.advanceTimersByTimeAsync(1);
  isBusy = true;
  kept.release();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(opened[0]!.isClosed).toBe(false);
  isBusy = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([opened[0]!.isClosed, kept.state.get().peer]).toEqual([true, undefined]);
});

test('another pool has another peer, and one that comes late is closed', async () => {
  kept.hold(pool('a/b'));
  kept.hold(pool('c/d'));
  await vi.advanceTimersByTimeAsync(1);
  expect(opened).toMatchObject([
    { repo: 'a/b', isClosed: true },
    { repo: 'c/d', isClosed: false },
  ]);
  kept.reopen();
  await vi.advanceTimersByTimeAsync(1);
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
});

test('why none could be opened is told', async () => {
  const failing = new KeptPeer<{ close(): void }>(
    () => Promise.reject(new Error('no engine')),
    () => false,
  );
  failing.hold(pool('a/b'));
  await vi.advanceTimersByTimeAsync(1);
  expect(failing.state.get().error).toMatchObject({ code: 'internal' });
});
