// One pool's queue: who starts when there is room, who goes on first, who is told what, and who is let go.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { QueueReason } from '../../protocol/route-fact.ts';
import { type LiveJob, seatsOf } from './live-job.ts';
import { PoolQueue } from './pool-queue.ts';
import { TestContext } from './test-context.ts';
import { codeOf } from './test-scene.ts';

let test: TestContext;
let queue: PoolQueue;
let started: LiveJob[];
/** Whether a driver can be told. */
let start: (job: LiveJob, coalition: Coalition) => boolean;

beforeEach(async () => {
  test = await TestContext.of();
  // Room for one session beside the weights.
  test.network.memoryBytes = 0;
  started = [];
  start = (job) => started.push(job) > 0;
  queue = new PoolQueue({
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    pool: () => test.network.pool(),
    start: (job, coalition) => start(job, coalition),
  });
  return () => queue.close();
});
afterEach(() => vi.useRealTimers());

const jobOf = (account = 'a', fields: Parameters<TestContext['job']>[0] = {}) => test.job({ account, ...fields });
const add = (...jobs: LiveJob[]): void => {
  for (const job of jobs) queue.add(job);
};

describe('room', () => {
  it('is for one here: the next one starts when the first is dropped', () => {
    const [one, two] = [jobOf(), jobOf()];
    add(one, two);
    expect([started, queue.waiting]).toEqual([[one], 1]);
    queue.drop(one);
    expect([started, queue.waiting, queue.isEmpty]).toEqual([[one, two], 0, false]);
    queue.drop(two);
    expect(queue.isEmpty).toBe(true);
  });

  it('is none while no coalition is ready, and everyone who fits starts when one is', () => {
    test.network.isServing = false;
    test.network.memoryBytes = 1e9;
    const jobs = [jobOf('a'), jobOf('b'), jobOf('c')];
    add(...jobs);
    expect([queue.slots, started]).toEqual([0, []]);
    test.network.isServing = true;
    queue.pump();
    expect(started).toEqual(jobs);
    expect(queue.slots).toBeGreaterThan(2);
  });

  it('is none for a coalition that is broken: what runs there goes on, nothing new starts', () => {
    const broken: Coalition = { ...test.network.coalition(), state: 'broken' };
    const pool = test.network.pool()!;
    test.network.pool = () => ({ ...pool, coalitions: [{ coalition: broken, progressAtMs: new Map() }] });
    add(jobOf());
    expect([started, queue.slots, queue.waiting]).toEqual([[], 0, 1]);
  });

  it('is counted in sessions; a job that is larger than all of it runs alone', () => {
    const [large, small] = [jobOf('a', { choices: 8 }), jobOf('b')];
    add(large, small);
    expect([started, queue.loadOn(test.network.coalition()).sessions]).toEqual([[large], 8]);
    queue.drop(large);
    expect(started).toEqual([large, small]);
  });

  it('is not given to a small job before a large one whose turn it is', () => {
    const [first, large, small] = [jobOf('a'), jobOf('b', { choices: 2 }), jobOf('c')];
    add(first, large, small);
    expect(queue.order()).toEqual([large, small]);
    queue.drop(first);
    expect(started).toEqual([first, large]);
  });

  it('G16: is left for others, however many tabs of one address hold an answer and say nothing', () => {
    test.network.memoryBytes = 1e9;
    const { slots } = queue;
    const silent = (at: number): LiveJob => jobOf(`tab ${at}`, { source: 'tab', place: '10.0.0.1' });
    const held = slots - Math.ceil(slots / 4);
    for (let at = 0; at < held + 2; at++) queue.add(silent(at));
    expect([started.length, queue.waiting]).toEqual([held, 2]);
    const [neighbour, honest] = [jobOf('b', { source: 'tab', place: '10.0.0.2' }), jobOf('c')];
    add(neighbour, honest);
    expect(started.slice(held)).toEqual([neighbour, honest]);
    queue.drop(started[0]!);
    expect(started).toHaveLength(held + 3);
  });

  it('is for tabs of one account together, and for each at least once; owners of the devices have all of it', () => {
    const ofTab = (account: string, own: PeerId[] = []): LiveJob => jobOf(account, { source: 'tab', own });
    add(ofTab('a'));
    expect(started).toHaveLength(1);
    test.network.memoryBytes = 1e9;
    const { slots } = queue;
    const jobs = Array.from({ length: slots }, () => ofTab('a', [test.network.peer(1)]));
    for (const job of jobs.slice(0, 3)) queue.add(job);
    expect(started).toHaveLength(4);
  });

  it('is measured by the tab with the least memory, and not at all without a manifest', () => {
    test.network.memoryBytes = 1e9;
    expect(queue.slots).toBeGreaterThan(1);
    const pool = test.network.pool()!;
    test.network.pool = () => ({ ...pool, manifest: undefined });
    expect(queue.slots).toBe(0);
    test.network.pool = () => ({ ...pool, peers: pool.peers.slice(1) });
    expect(queue.slots).toBe(1);
  });
});

it('owners of a tab that serves go before others', () => {
  const own: PeerId[] = [test.network.peer(1)];
  const [first, other, owner] = [jobOf('a'), jobOf('b'), jobOf('c', { own })];
  add(first, other, owner);
  expect(queue.order()).toEqual([owner, other]);
});

it('refuses more than it holds, and holds what it had', async () => {
  test.network.isServing = false;
  const refused = (job: LiveJob) => codeOf((async () => queue.add(job))());
  add(jobOf('a'), jobOf('a'), jobOf('a'));
  expect(await refused(jobOf('a'))).toBe('rate-limited');
  add(jobOf('b'));
  expect(await refused(jobOf('c'))).toBe('queue-full');
  expect(queue.waiting).toBe(4);
});

describe('a driver', () => {
  it('that cannot be told leaves its job at the head, and nobody overtakes it there', () => {
    const [one, two] = [jobOf('a'), jobOf('b')];
    start = () => false;
    add(one, two);
    expect([queue.running.size, queue.order()]).toEqual([0, [one, two]]);
    start = (job) => started.push(job) > 0;
    queue.pump();
    expect(started).toEqual([one]);
  });

  it('that was lost gives its job back before all that wait, even into a full queue', () => {
    const jobs = [jobOf('a'), jobOf('a'), jobOf('a'), jobOf('b')];
    const running = jobs[0]!;
    add(...jobs);
    add(jobOf('c'));
    expect(queue.waiting).toBe(4);
    test.network.isServing = false;
    queue.putBack(running);
    expect([queue.waiting, queue.running.size, queue.order()[0]]).toEqual([5, 0, running]);
    test.network.isServing = true;
    queue.pump();
    expect(started).toEqual([running, running]);
  });

  it('may end its job while it is started: the next one has its place at once', () => {
    const [one, two] = [jobOf('a'), jobOf('b')];
    test.network.isServing = false;
    add(one, two);
    test.network.isServing = true;
    start = (job) => {
      started.push(job);
      if (job === one) queue.drop(job);
      return true;
    };
    queue.pump();
    expect(started).toEqual([one, two]);
    expect([...queue.running]).toEqual([two]);
  });
});

it('a chat that runs may move to a new coalition, which counts once; what a stage drives stays with its epoch', () => {
  const [running, driven, waiting] = [jobOf('a', { request: undefined }), jobOf('c'), jobOf('b')];
  test.network.isServing = true;
  add(running, driven);
  for (const job of [running, driven]) job.epochs = [seatsOf(test.network.coalition())];
  expect(queue.noteCoalitions()).toEqual([]);
  test.network.ring = [2, 3];
  test.network.epoch = 2;
  const coalition = test.network.coalition();
  expect(queue.noteCoalitions()).toEqual([{ job: running, coalition }]);
  expect(queue.noteCoalitions()).toEqual([]);
  expect(running.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect([driven, waiting].map(({ epochs }) => epochs.length)).toEqual([1, 0]);
});

it('says when somebody waits although a coalition answers, and when nobody does any more', () => {
  vi.useFakeTimers();
  const told: boolean[] = [];
  const crowded = new PoolQueue({
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    ...{ pool: () => test.network.pool(), start: () => true, onCrowd: (isCrowded) => told.push(isCrowded) },
  });
  const [one, two] = [jobOf('a'), jobOf('b')];
  crowded.add(one);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([]);
  crowded.add(two);
  vi.advanceTimersByTime(200);
  crowded.drop(one);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([true, false]);
  test.network.isServing = false;
  crowded.add(jobOf('c'));
  vi.advanceTimersByTime(200);
  expect(told).toEqual([true, false]);
  crowded.close();
});

it('says so of a ring that is full, too, although it has room', () => {
  vi.useFakeTimers();
  const told: boolean[] = [];
  test.network.memoryBytes = 1e9;
  const full = new PoolQueue({
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    ...{ pool: () => test.network.pool(), start: () => true, onCrowd: (isCrowded) => told.push(isCrowded) },
  });
  const seats = test.network.coalition().seats.length;
  for (let count = 1; count < 4 * seats; count++) full.add(jobOf(`a${count}`));
  vi.advanceTimersByTime(200);
  expect(told).toEqual([]);
  full.add(jobOf('last'));
  vi.advanceTimersByTime(200);
  expect([told, full.waiting]).toEqual([[true], 0]);
  full.close();
});

describe('places', () => {
  beforeEach(() => vi.useFakeTimers());

  it('are told a while after they change, and each only then', () => {
    const [first, second, third] = [jobOf('a'), jobOf('b'), jobOf('c')];
    add(first, second, third);
    expect(second.listener.heard).toEqual([]);
    vi.runOnlyPendingTimers();
    queue.pump();
    vi.runOnlyPendingTimers();
    expect([first, second, third].map(({ listener }) => listener.heard)).toEqual([[], ['queued 1/2'], ['queued 2/2']]);
    queue.drop(second);
    vi.runOnlyPendingTimers();
    expect(third.listener.heard).toEqual(['queued 2/2', 'queued 1/1']);
  });

  it('are not told of a burst one by one', () => {
    const [first, second, third] = [jobOf('a'), jobOf('b'), jobOf('c')];
    add(first, second, third);
    queue.drop(second);
    vi.runOnlyPendingTimers();
    expect(third.listener.heard).toEqual(['queued 1/1']);
  });

  it('come with a reason: there is nobody, or there is no room', () => {
    const reasons: QueueReason[] = [];
    const job = jobOf('b');
    job.listener.queued = (_place: number, _waiting: number, why?: QueueReason) => void (why && reasons.push(why));
    add(jobOf('a'), job);
    vi.runOnlyPendingTimers();
    job.toldPlace = 0;
    test.network.isServing = false;
    queue.pump();
    vi.runOnlyPendingTimers();
    expect(reasons).toEqual([{ kind: 'full', rings: 1, running: 1, slots: 1 }, { kind: 'loading' }]);
  });

  it('are told to nobody after the queue was closed', () => {
    const job = jobOf('b');
    add(jobOf('a'), job);
    queue.close();
    vi.runAllTimers();
    expect(job.listener.heard).toEqual([]);
  });
});

describe('a pool that everybody left', () => {
  const AFTER_MS = 30_000;
  let letGo: LiveJob[][];
  const watch = (isDeserted: boolean): void =>
    queue.watchDesertion(isDeserted, AFTER_MS, (jobs) => letGo.push([...jobs]));

  beforeEach(() => {
    vi.useFakeTimers();
    letGo = [];
    test.network.isServing = false;
  });

  it('lets go who waits at the end, however often it was said, counted from the first time', () => {
    const [one, two] = [jobOf('a'), jobOf('b')];
    add(one);
    watch(true);
    vi.advanceTimersByTime(AFTER_MS - 1);
    add(two);
    watch(true);
    expect(letGo).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(letGo).toEqual([[one, two]]);
  });

  it('keeps who waits when somebody comes in time, and counts anew after that', () => {
    add(jobOf());
    watch(true);
    vi.advanceTimersByTime(AFTER_MS - 1);
    watch(false);
    vi.advanceTimersByTime(AFTER_MS);
    expect(letGo).toEqual([]);
    watch(true);
    vi.advanceTimersByTime(AFTER_MS);
    expect(letGo).toHaveLength(1);
  });

  it('lets go a job too that lost its driver only after the others were let go', () => {
    watch(true);
    vi.advanceTimersByTime(AFTER_MS);
    expect(letGo).toEqual([[]]);
    const late = jobOf();
    queue.putBack(late);
    watch(true);
    vi.advanceTimersByTime(AFTER_MS);
    expect(letGo).toEqual([[], [late]]);
  });
});
