// Peers that are no more than a store and a way to close: who is open, and who was closed when.
import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { PoolRef } from '../../protocol/ids.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { drawHook, held } from './test-page.ts';
import { usePeer } from './use-peer.ts';
import { useStore } from './use-store.ts';

const tiny: PoolRef = { repo: 'owner/tiny', revision: 'main', dtype: 'q4' };
const other: PoolRef = { ...tiny, slug: 'market' };
const chatState = (tabs: number) => ({ tabs }) as unknown as ChatState;

class FakePeer {
  readonly state = new ValueStore(chatState(0));
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

/** Opens peers when the test says so. */
function openings() {
  const calls: { pool: PoolRef; opened: ReturnType<typeof held<FakePeer>> }[] = [];
  const open = (pool: PoolRef) => {
    const opened = held<FakePeer>();
    calls.push({ pool, opened });
    return opened.promise;
  };
  return { calls, open };
}

test('opened for the pool, drawn at each change, closed with the page', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  expect(calls.map(({ pool }) => pool)).toEqual([tiny]);
  expect(drawn.now.peer ?? drawn.now.state).toBeUndefined();
  const peer = new FakePeer();
  calls[0]!.opened.resolve(peer);
  await expect.poll(() => drawn.now.peer).toBe(peer);
  peer.state.set(chatState(2));
  await expect.poll(() => drawn.now.state).toEqual(chatState(2));
  drawn.leave();
  expect(peer.closed).toBe(1);
});

test('no pool is waited for; the same pool in another object opens nothing again', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(undefined, open));
  expect(calls).toEqual([]);
  drawn.draw(() => usePeer(tiny, open));
  drawn.draw(() => usePeer({ ...tiny }, open));
  expect(calls).toHaveLength(1);
});

test('another pool closes the peer of the one before and opens its own', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  const [first, second] = [new FakePeer(), new FakePeer()];
  calls[0]!.opened.resolve(first);
  await expect.poll(() => drawn.now.peer).toBe(first);
  drawn.draw(() => usePeer(other, open));
  expect(first.closed).toBe(1);
  await expect.poll(() => drawn.now.peer).toBeUndefined();
  calls[1]!.opened.resolve(second);
  await expect.poll(() => drawn.now.peer).toBe(second);
  expect(calls.map(({ pool }) => pool)).toEqual([tiny, other]);
  expect(second.closed).toBe(0);
});

test('a peer that opens after its page has gone on is closed at once and never shown', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  drawn.draw(() => usePeer(other, open));
  const [late, wanted] = [new FakePeer(), new FakePeer()];
  calls[1]!.opened.resolve(wanted);
  await expect.poll(() => drawn.now.peer).toBe(wanted);
  calls[0]!.opened.resolve(late);
  await expect.poll(() => late.closed).toBe(1);
  expect(drawn.all.some(({ peer }) => peer === late)).toBe(false);
  expect(wanted.closed).toBe(0);
});

test('a peer that opens after its page was left is closed, too', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  drawn.leave();
  const late = new FakePeer();
  calls[0]!.opened.resolve(late);
  await expect.poll(() => late.closed).toBe(1);
});

test('why none could be opened is shown, and opening again forgets it', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  const cause = new PoolError('backend-unavailable', 'This browser has no workers.');
  calls[0]!.opened.reject(cause);
  const { code, message, next } = cause;
  await expect.poll(() => drawn.now.error).toEqual({ code, message, next });
  drawn.now.reopen();
  await expect.poll(() => calls.length).toBe(2);
  await expect.poll(() => drawn.now.error).toBeUndefined();
  const peer = new FakePeer();
  calls[1]!.opened.resolve(peer);
  await expect.poll(() => drawn.now.peer).toBe(peer);
});

test('a failure of a pool that nobody asks for any more is not shown', async () => {
  const { calls, open } = openings();
  const drawn = drawHook(() => usePeer(tiny, open));
  drawn.draw(() => usePeer(other, open));
  calls[0]!.opened.reject(new Error('too late'));
  const peer = new FakePeer();
  calls[1]!.opened.resolve(peer);
  await expect.poll(() => drawn.now.peer).toBe(peer);
  expect(drawn.all.every(({ error }) => error === undefined)).toBe(true);
});

test('another store is watched in place of the first, and one that is gone is undefined', async () => {
  const [first, second] = [new ValueStore('a'), new ValueStore('b')];
  const drawn = drawHook(() => useStore<string>(first));
  expect(drawn.now).toBe('a');
  drawn.draw(() => useStore<string>(second));
  expect(drawn.now).toBe('b');
  const drawings = drawn.all.length;
  first.set('nobody looks');
  second.set('c');
  await expect.poll(() => drawn.now).toBe('c');
  expect(drawn.all.slice(drawings)).toEqual(['c']);
  drawn.draw(() => useStore<string>(undefined));
  expect(drawn.now).toBeUndefined();
});
