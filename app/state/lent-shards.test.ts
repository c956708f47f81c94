import { expect, test } from 'vitest';
import type { openStagePeer } from '../../shard-worker/index.ts';
import { LentShards, MAX_SHARDS_PER_WINDOW, type ShardOptions } from './lent-shards.ts';

const OPTIONS = { pool: { repo: 'a/b', revision: 'main', dtype: 'q4' } } as ShardOptions;
let closed = 0;
const openOne = (() => ({ close: () => void closed++ })) as unknown as typeof openStagePeer;

test('shards are opened up to what a window may hold, and closed one by one', async () => {
  const lent = new LentShards(async () => ({ openStagePeer: openOne }));
  await lent.add(OPTIONS, 2);
  await lent.add(OPTIONS, MAX_SHARDS_PER_WINDOW);
  const keys = lent.state.get().shards.map(({ key }) => key);
  expect(keys).toEqual(Array.from({ length: MAX_SHARDS_PER_WINDOW }, (_, at) => at + 1));
  lent.leave(3);
  expect(lent.state.get().shards.map(({ key }) => key)).toEqual(keys.filter((key) => key !== 3));
  expect([closed, lent.state.get().options]).toEqual([1, OPTIONS]);
});

test('a shard that rests has closed its peer, and another one opens with the same options', async () => {
  closed = 0;
  const lent = new LentShards(async () => ({ openStagePeer: openOne }));
  await lent.add(OPTIONS);
  const [first] = lent.state.get().shards;
  lent.pause(1);
  expect([closed, lent.state.get().shards[0]]).toMatchObject([1, { key: 1, isPaused: true, options: OPTIONS }]);
  await Promise.all([lent.resume(1), lent.resume(1)]);
  const [again] = lent.state.get().shards;
  expect(again!.isPaused).toBe(false);
  expect(again!.peer).not.toBe(first!.peer);
});

test('an engine that cannot be loaded is told, and may be tried again', async () => {
  let isBroken = true;
  const lent = new LentShards(async () => {
    if (isBroken) throw new Error('no engine');
    return { openStagePeer: openOne };
  });
  await lent.add(OPTIONS);
  expect(lent.state.get()).toMatchObject({ shards: [], error: { code: expect.any(String) } });
  isBroken = false;
  await lent.add(OPTIONS);
  expect(lent.state.get()).toMatchObject({ shards: [{ key: 1 }], error: undefined });
});
