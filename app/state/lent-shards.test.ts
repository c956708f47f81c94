import { expect, test } from 'vitest';
import { ValueStore } from '../../protocol/value-store.ts';
import type { openStagePeer, StagePhase } from '../../shard-worker/index.ts';
import { LentShards, MAX_SHARDS_PER_WINDOW, type ShardOptions } from './lent-shards.ts';

const OPTIONS = { pool: { repo: 'a/b', revision: 'main', dtype: 'q4' } } as ShardOptions;

/** Peers that leave when the test says that their answers are over. */
function makeLent(load?: () => Promise<void>) {
  const peers: { state: ValueStore<{ phase: StagePhase }>; drained: number[]; closed: number; close(): void }[] = [];
  const opened: ShardOptions[] = [];
  const openOne = ((options: ShardOptions) => {
    opened.push(options);
    const peer = {
      state: new ValueStore<{ phase: StagePhase }>({ phase: 'serving' }),
      drained: [] as number[],
      closed: 0,
      drain: (ms: number) => void peer.drained.push(ms),
      close() {
        peer.closed++;
        peer.state.set({ phase: 'left' });
      },
    };
    peers.push(peer);
    return peer;
  }) as unknown as typeof openStagePeer;
  const lent = new LentShards(async () => {
    await load?.();
    return { openStagePeer: openOne };
  });
  const keys = () => lent.state.get().shards.map(({ key }) => key);
  return { lent, peers, opened, keys, end: (at: number) => peers[at]!.state.set({ phase: 'left' }) };
}

test('shards are opened up to what a window may hold, and go one by one when what runs through them has ended', async () => {
  const { lent, peers, keys, end } = makeLent();
  await lent.add(OPTIONS, 2);
  await lent.add(OPTIONS, MAX_SHARDS_PER_WINDOW);
  const all = Array.from({ length: MAX_SHARDS_PER_WINDOW }, (_, at) => at + 1);
  expect(keys()).toEqual(all);
  lent.leave(3);
  lent.leave(3);
  expect([keys(), peers[2]!.drained]).toEqual([all, [30_000]]);
  expect(lent.state.get().shards[2]!.ending).toBe('leave');
  end(2);
  expect(keys()).toEqual(all.filter((key) => key !== 3));
  expect(lent.state.get().options).toBe(OPTIONS);
});

test('who waits no longer leaves at once, and a shard that failed waits for nothing', async () => {
  const { lent, peers, keys } = makeLent();
  await lent.add(OPTIONS, 2);
  lent.leave(1);
  lent.leaveNow(1);
  expect([keys(), peers[0]!.closed]).toEqual([[2], 1]);
  peers[1]!.state.set({ phase: 'failed' });
  lent.leave(2);
  expect(keys()).toEqual([]);
});

test('a shard that rests has closed its peer, and another one opens with the same options', async () => {
  const { lent, peers } = makeLent();
  await lent.add(OPTIONS);
  const [first] = lent.state.get().shards;
  lent.pause(1);
  expect([peers[0]!.closed, lent.state.get().shards[0]]).toMatchObject([
    1,
    { key: 1, isPaused: true, options: OPTIONS },
  ]);
  await Promise.all([lent.resume(1), lent.resume(1)]);
  const [again] = lent.state.get().shards;
  expect([again!.isPaused, peers.length]).toEqual([false, 2]);
  expect(again!.peer).not.toBe(first!.peer);
});

test('a rule rests what lends when its answers are over, and wakes only what it had put to rest', async () => {
  const { lent, peers, end } = makeLent();
  await lent.add(OPTIONS, 2);
  lent.pause(1);
  lent.restByRule();
  lent.restByRule();
  expect(peers.map(({ drained }) => drained.length)).toEqual([0, 1]);
  expect(lent.state.get().shards[1]).toMatchObject({ ending: 'pause', isPaused: false });
  end(1);
  expect(lent.state.get().shards[1]).toMatchObject({ isPaused: true, isByRule: true });
  expect(lent.state.get().shards[1]!.ending).toBeUndefined();
  await lent.resumeByRule();
  expect(lent.state.get().shards.map(({ isPaused }) => isPaused)).toEqual([true, false]);
  expect(lent.state.get().shards[1]!.isByRule).toBeUndefined();
  // Its person may go on to leave, or wait no longer.
  lent.restByRule();
  lent.leaveNow(2);
  expect(lent.state.get().shards[1]!.isPaused).toBe(true);
  await lent.resumeByRule();
  lent.restByRule();
  lent.leave(2);
  end(3);
  expect(lent.state.get().shards.map(({ key }) => key)).toEqual([1]);
});

test('another share of time: what lends begins anew with it, and so does what is opened later', async () => {
  const { lent, opened, end } = makeLent();
  lent.lendShare(1);
  await lent.add(OPTIONS);
  lent.lendShare(0.5);
  expect(lent.state.get().shards[0]).toMatchObject({ ending: 'pause', isByRule: true });
  end(0);
  await lent.resumeByRule();
  await lent.add(OPTIONS);
  expect(opened.map(({ share }) => share)).toEqual([undefined, 0.5, 0.5]);
  expect(lent.state.get().options).toBe(OPTIONS);
});

test('an engine that cannot be loaded is told, and may be tried again', async () => {
  let isBroken = true;
  const { lent } = makeLent(async () => {
    if (isBroken) throw new Error('no engine');
  });
  await lent.add(OPTIONS);
  expect(lent.state.get()).toMatchObject({ shards: [], error: { code: expect.any(String) } });
  isBroken = false;
  await lent.add(OPTIONS);
  expect(lent.state.get()).toMatchObject({ shards: [{ key: 1 }], error: undefined });
});
