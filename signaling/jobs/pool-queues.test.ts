// The queues of all pools: made when asked for, let go when nothing needs them, and never before.
import { beforeEach, expect, it } from 'vitest';
import { type PoolId, poolIdOf } from '../../protocol/ids.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { LiveJob } from './live-job.ts';
import { PoolQueues } from './pool-queues.ts';
import { TestContext } from './test-context.ts';
import { MODEL } from './test-network.ts';

const HERE = poolIdOf(MODEL);
const THERE = poolIdOf({ ...MODEL, slug: 'there' });
const ELSEWHERE = poolIdOf({ ...MODEL, slug: 'elsewhere' });

let test: TestContext;
let queues: PoolQueues;
/** Pools that somebody is in, or watches. */
let pools: Map<PoolId, Pool>;
let letGo: LiveJob[];

beforeEach(async () => {
  test = await TestContext.of();
  pools = new Map([HERE, THERE, ELSEWHERE].map((id) => [id, { ...test.network.pool()!, id }]));
  letGo = [];
  queues = new PoolQueues({
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    poolOf: (id) => pools.get(id),
    start: () => true,
    letGo: (waiting) => void letGo.push(...waiting),
    desertedMs: 10,
  });
  return () => queues.close();
});

it('has one queue for a pool, and none for a pool that nobody asked for', () => {
  expect(queues.loadOf(HERE)).toEqual({ running: 0, waiting: 0, slots: 0 });
  expect(queues.poolChanged(HERE)).toEqual([]);
  const queue = queues.of(HERE);
  expect(queues.of(HERE)).toBe(queue);
  expect(queues.of(THERE)).not.toBe(queue);
  expect(queues.loadOf(HERE).slots).toBeGreaterThan(0);
});

it('forgets an empty queue of a pool that is gone; one whose jobs run or wait stays, and so does one whose pool is there', () => {
  const [empty, busy] = [queues.of(HERE), queues.of(THERE)];
  busy.add(test.job({ pool: THERE }));
  pools.delete(HERE);
  pools.delete(THERE);
  const elsewhere = queues.of(ELSEWHERE);
  expect(queues.of(THERE)).toBe(busy);
  expect(queues.loadOf(THERE).running).toBe(1);
  expect(queues.of(HERE)).not.toBe(empty);
  expect(queues.of(ELSEWHERE)).toBe(elsewhere);
});

it('names the jobs that may move when a coalition is new to them, once, and none while none is ready', () => {
  const job = test.job({ request: undefined });
  queues.of(HERE).add(job);
  expect(queues.poolChanged(HERE)).toEqual([]);
  test.network.epoch = 2;
  pools.set(HERE, { ...test.network.pool()!, id: HERE });
  expect(queues.poolChanged(HERE)).toEqual([{ job, coalition: expect.objectContaining({ epoch: 2 }) }]);
  expect(queues.poolChanged(HERE)).toEqual([]);
  pools.set(HERE, { ...pools.get(HERE)!, coalitions: [] });
  expect(queues.poolChanged(HERE)).toEqual([]);
});

it('starts what waits when its pool changes, and no job of another', () => {
  const ready = pools.get(HERE)!;
  for (const id of [HERE, THERE]) {
    pools.set(id, { ...ready, id, coalitions: [] });
    queues.of(id).add(test.job({ pool: id }));
    pools.set(id, { ...ready, id });
  }
  queues.poolChanged(HERE);
  expect([queues.loadOf(HERE).running, queues.loadOf(THERE).running]).toEqual([1, 0]);
});

it.each(['is gone from the roster', 'has watchers alone'])('lets go who waits for a pool that %s', async (how) => {
  pools.set(HERE, { ...pools.get(HERE)!, coalitions: [] });
  const [here, there] = [test.job(), test.job({ pool: THERE })];
  queues.of(HERE).add(here);
  pools.set(THERE, { ...pools.get(THERE)!, coalitions: [] });
  queues.of(THERE).add(there);
  if (how === 'is gone from the roster') pools.delete(HERE);
  else pools.set(HERE, { ...pools.get(HERE)!, peers: [] });
  queues.poolChanged(HERE);
  queues.poolChanged(THERE);
  await expect.poll(() => letGo).toEqual([here]);
});

it('counts desertion for no queue that is not there', () => {
  pools.clear();
  queues.watchDesertion(HERE);
  expect(queues.poolChanged(HERE)).toEqual([]);
  expect(letGo).toEqual([]);
});
