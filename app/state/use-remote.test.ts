// Readings that the test ends itself, one by one: who is asked, in what order, and what is drawn of it.
import { expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { drawHook, held } from './test-page.ts';
import { useRemote } from './use-remote.ts';

/** A source whose answers wait for the test. */
function heldSource() {
  const asked: { signal: AbortSignal; answer(value: string): void; refuse(cause: unknown): void }[] = [];
  const read = (signal: AbortSignal): Promise<string> => {
    const { promise, resolve, reject } = held<string>();
    asked.push({ signal, answer: resolve, refuse: reject });
    return promise;
  };
  return { asked, read };
}

const away = new PoolError('link-failed', 'The server did not answer.');
/** As fast as timers go: only the order of things is looked at. */
const SOON_MS = 1;
/** Longer than any test. */
const NEVER_MS = 2 ** 30;

test('loading until the answer is here; read once where no pace is asked for', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read));
  expect(remote.now).toMatchObject({ loading: true });
  asked[0]!.answer('one');
  await expect.poll(() => remote.now).toMatchObject({ value: 'one', loading: false });
  expect(asked).toHaveLength(1);
});

test('a page opened in a tab that nobody looks at yet is read once all the same', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read), { hidden: true });
  expect(asked).toHaveLength(1);
  asked[0]!.answer('there when it is looked at');
  await expect.poll(() => remote.now.value).toBe('there when it is looked at');
});

test('a failure keeps the last good value and says why; the next good one takes it away', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read));
  asked[0]!.answer('good');
  await expect.poll(() => remote.now.value).toBe('good');
  remote.now.reload();
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.refuse(away);
  await expect.poll(() => remote.now.error?.code).toBe('link-failed');
  expect(remote.now).toMatchObject({ value: 'good', loading: false });
  remote.now.reload();
  await expect.poll(() => asked.length).toBe(3);
  asked[2]!.answer('better');
  await expect.poll(() => remote.now).toMatchObject({ value: 'better' });
  expect(remote.now.error).toBeUndefined();
});

test('a retry after a first failure is loading again', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read));
  asked[0]!.refuse(away);
  await expect.poll(() => remote.now).toMatchObject({ loading: false });
  remote.now.reload();
  await expect.poll(() => remote.now.loading).toBe(true);
});

test('a reload gives up the reading before it, whose late answer counts for nothing', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read));
  remote.now.reload();
  await expect.poll(() => asked.length).toBe(2);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  asked[1]!.answer('new');
  await expect.poll(() => remote.now.value).toBe('new');
  asked[0]!.answer('old');
  remote.now.reload();
  await expect.poll(() => asked.length).toBe(3);
  expect(remote.now.value).toBe('new');
});

test('another source begins from nothing: no value of the one before, nor its error', async () => {
  const [ann, bob] = [heldSource(), heldSource()];
  const remote = drawHook(() => useRemote(ann.read));
  ann.asked[0]!.answer('of ann');
  await expect.poll(() => remote.now.value).toBe('of ann');
  remote.draw(() => useRemote(bob.read));
  await expect.poll(() => remote.now).toMatchObject({ loading: true });
  expect(remote.now.value).toBeUndefined();
  expect(ann.asked[0]!.signal.aborted).toBe(true);
  bob.asked[0]!.refuse(away);
  await expect.poll(() => remote.now.error?.code).toBe('link-failed');
  expect(remote.now.value).toBeUndefined();
});

test('without a source it waits, and asks as soon as there is one', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote<string>(undefined));
  expect(remote.now).toMatchObject({ loading: true });
  remote.draw(() => useRemote(read));
  asked[0]!.answer('here');
  await expect.poll(() => remote.now.value).toBe('here');
});

test('with a pace it asks after each answer, good or bad, and never two at once', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read, SOON_MS));
  asked[0]!.answer('first');
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.refuse(away);
  await expect.poll(() => asked.length).toBe(3);
  expect(remote.now).toMatchObject({ value: 'first', error: { code: 'link-failed' } });
  asked[2]!.answer('third');
  await expect.poll(() => remote.now).toMatchObject({ value: 'third' });
  expect(asked.slice(0, 3).every(({ signal }) => !signal.aborted)).toBe(true);
});

test('nobody is asked again while the tab is hidden; looked at, it goes on', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read, SOON_MS));
  remote.hide(true);
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const turns = () => timers.mock.calls.filter(([, ms]) => ms === SOON_MS).length;
  asked[0]!.answer('seen');
  // Several turns came and went, and asked nobody.
  await vi.waitFor(() => expect(turns()).toBeGreaterThan(3));
  expect(asked).toHaveLength(1);
  remote.hide(false);
  await expect.poll(() => asked.length).toBe(2);
  timers.mockRestore();
});

test('whoever leaves gives up the reading, and is asked for no more', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read, SOON_MS));
  remote.leave();
  expect(asked[0]!.signal.aborted).toBe(true);
  const timers = vi.spyOn(globalThis, 'setTimeout');
  asked[0]!.refuse(new PoolError('cancelled', 'The page went on.'));
  await new Promise(setImmediate);
  expect(timers.mock.calls.filter(([, ms]) => ms === SOON_MS)).toEqual([]);
  timers.mockRestore();
});

test('leaving between two readings takes the timer along', async () => {
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  const started = vi.spyOn(globalThis, 'setTimeout');
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read, NEVER_MS));
  asked[0]!.answer('x');
  const timer = await vi.waitFor(() => {
    const at = started.mock.calls.findIndex(([, ms]) => ms === NEVER_MS);
    expect(at).toBeGreaterThanOrEqual(0);
    return started.mock.results[at]!.value;
  });
  remote.leave();
  expect(cleared.mock.calls.flat()).toContain(timer);
  vi.restoreAllMocks();
});

test('B11: while the server is away, since when and when it is read next; a good reading takes both away', async () => {
  const { asked, read } = heldSource();
  const remote = drawHook(() => useRemote(read, SOON_MS));
  asked[0]!.refuse(away);
  await expect.poll(() => remote.now.away).toEqual({ sinceMs: expect.any(Number), nextTryMs: expect.any(Number) });
  const first = remote.now.away!;
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.refuse(away);
  await expect.poll(() => remote.now.away?.nextTryMs).toBeGreaterThan(first.nextTryMs);
  expect(remote.now.away?.sinceMs).toBe(first.sinceMs);
  await expect.poll(() => asked.length).toBe(3);
  asked[2]!.answer('back');
  await expect.poll(() => remote.now.value).toBe('back');
  expect(remote.now.away).toBeUndefined();
});
