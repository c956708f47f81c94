// Which of two rings a job of a pool is sent to, and what becomes of those whose ring breaks.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import { type LiveJob, seatsOf } from './live-job.ts';
import { PoolQueue } from './pool-queue.ts';
import { TestContext } from './test-context.ts';

let test: TestContext;
let queue: PoolQueue;
let over: number[];

beforeEach(async () => {
  test = await TestContext.of();
  // Room for one session beside the weights.
  test.network.memoryBytes = 0;
  over = [];
  queue = new PoolQueue({
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    pool: () => test.network.pool(),
    start: (_job, { epoch }) => over.push(epoch) > 0,
  });
  return () => queue.close();
});
afterEach(() => vi.useRealTimers());

const jobOf = (account = 'a', fields: Parameters<TestContext['job']>[0] = {}) => test.job({ account, ...fields });
const add = (...jobs: LiveJob[]): void => {
  for (const job of jobs) queue.add(job);
};

describe('of two rings', () => {
  /** The first of tabs 0 and 1, the second of 2 and 3, each with room for one. */
  const coalitions = (states: Coalition['state'][] = ['ready', 'ready'], epochs = [1, 2]): Coalition[] =>
    states.map((state, ring) => {
      test.network.ring = [2 * ring, 2 * ring + 1];
      return { ...test.network.coalition(), state, ring, epoch: epochs[ring]! };
    });
  const serve = (all: Coalition[]): void => {
    const pool = test.network.pool()!;
    test.network.pool = () => ({
      ...pool,
      coalitions: all.map((coalition) => ({ coalition, progressAtMs: new Map() })),
    });
  };
  beforeEach(() => serve(coalitions()));

  it('each takes what it has room for, and the emptier one the next', () => {
    const [one, two, three] = [jobOf('a'), jobOf('b'), jobOf('c')];
    add(one, two, three);
    expect([over, queue.slots, queue.waiting]).toEqual([[1, 2], 2, 1]);
    queue.drop(two);
    expect(over).toEqual([1, 2, 2]);
    expect([one, two, three].map(({ ring }) => ring)).toEqual([0, 1, 1]);
  });

  it('a conversation goes on where it was, as long as there is room', () => {
    const [one, two] = [jobOf('a'), jobOf('b')];
    add(one, two);
    queue.drop(one);
    queue.drop(two);
    add(jobOf('b'));
    expect(over).toEqual([1, 2, 2]);
    add(jobOf('b'), jobOf('c'));
    expect(over, 'two at once are no conversation').toEqual([1, 2, 2, 1]);
  });

  it('whoever lost its driver waits a while for its own ring, and is overtaken meanwhile', () => {
    vi.useFakeTimers();
    const lost = jobOf('a');
    add(lost);
    const [first, second] = coalitions(['broken', 'ready']);
    serve([first!, second!]);
    lost.lostMs = performance.now();
    queue.putBack(lost);
    expect(over).toEqual([1]);
    const other = jobOf('b');
    add(other);
    expect(over).toEqual([1, 2]);
    queue.drop(other);
    vi.advanceTimersByTime(2_900);
    expect(over).toEqual([1, 2]);
    vi.advanceTimersByTime(200);
    expect([over, lost.ring]).toEqual([[1, 2, 2], 1]);
  });

  it('and goes on there as soon as it is whole again, or at once elsewhere where it never will be', () => {
    const [one, two] = [jobOf('a'), jobOf('b')];
    add(one, two);
    const [, second] = coalitions();
    serve([second!]);
    one.lostMs = performance.now();
    queue.drop(two);
    queue.putBack(one);
    expect(over).toEqual([1, 2, 2]);
  });

  it('a chat whose ring broke may go on over every other one, which is noted once', () => {
    const chat = jobOf('a', { request: undefined });
    add(chat);
    // Where it cannot link to its own ring, it may compute over the other one: that is to show what it did.
    expect(chat.epochs.map(({ epoch }) => epoch).sort()).toEqual([1, 2]);
    chat.epochs = [seatsOf(coalitions()[0]!)];
    expect(queue.noteCoalitions()).toEqual([]);
    chat.epochs = [seatsOf(coalitions()[0]!)];
    const [first, second] = coalitions(['broken', 'ready']);
    serve([first!, second!]);
    expect(queue.noteCoalitions()).toEqual([{ job: chat, coalition: second }]);
    expect(queue.noteCoalitions()).toEqual([]);
    const whole = coalitions(['ready', 'ready'], [3, 2]);
    serve(whole);
    expect(queue.noteCoalitions()).toEqual([{ job: chat, coalition: whole[0] }]);
    expect(chat.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });
});
