import { afterEach, expect, it, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { watchQuiet } from './quiet-drivers.ts';
import { MODEL } from './test-network.ts';
import { delta, JobScene } from './test-scene.ts';

const POOL = poolIdOf(MODEL);
const scene = JobScene.set();
afterEach(() => void vi.useRealTimers());

it('C1: who is left out drives nothing any more: the answer goes on at the next entry after what was told', async () => {
  const { network } = scene;
  const job = await scene.submit();
  const first = await scene.started();
  scene.dispatcher.jobEvents(first.driver.peer, [delta(job.id, [11, 12])]);
  network.unshown.add(first.driver.peer);
  network.ring = [2, 3];
  network.epoch = 2;
  scene.dispatcher.poolChanged(POOL);
  expect((await network.next('job-cancel', first.driver.peer)).message.job).toBe(job.id);
  const second = await scene.started();
  expect(second.driver.peer).toBe(network.peer(2));
  expect(second.request).toMatchObject({ resume: [[11, 12]] });
  // Its late words are nobody’s.
  scene.dispatcher.jobEvents(first.driver.peer, [delta(job.id, [99])]);
  scene.dispatcher.jobEvents(second.driver.peer, [delta(job.id, [13])]);
  const told: number[] = [];
  for await (const update of job.updates) {
    if (update.type === 'delta') told.push(...update.ids);
    if (told.length >= 3) break;
  }
  expect(told).toEqual([11, 12, 13]);
});

it('C1: an answer whose lap did not come back is told as standing still', async () => {
  const still = vi.fn();
  scene.dispatch({ onStill: still });
  const job = await scene.submit();
  const { driver } = await scene.started();
  const error = new PoolError('lap-timeout', 'No answer came.').toShape();
  scene.dispatcher.jobEvents(driver.peer, [{ type: 'failed', job: job.id, error }]);
  expect(still.mock.calls).toEqual([[POOL, 1]]);
});

it('C1: so is one without a word for half a minute; one that waits, is over or is a chat’s own is not', () => {
  vi.useFakeTimers();
  const still = vi.fn();
  const job = { request: {}, driver: 'd', state: 'running', pool: POOL, epochs: [{ epoch: 7 }], heardMs: 0 };
  job.heardMs = performance.now();
  const others = [{ state: 'waiting' }, { state: 'settling' }, { request: undefined }, { driver: undefined }];
  const jobs = [job, ...others.map((fields) => ({ ...job, ...fields }))];
  const context = { jobs: new Map(jobs.map((each, at) => [String(at), each])), onStill: still };
  const stop = watchQuiet(context as unknown as Parameters<typeof watchQuiet>[0]);
  vi.advanceTimersByTime(29_000);
  expect(still).not.toHaveBeenCalled();
  job.heardMs = performance.now();
  vi.advanceTimersByTime(29_000);
  expect(still).not.toHaveBeenCalled();
  vi.advanceTimersByTime(6_000);
  expect(still.mock.calls).toEqual([[POOL, 7]]);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(still).toHaveBeenCalledTimes(1);
});
