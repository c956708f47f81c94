// A job's one way out, whoever opens it first and however often, and the end of all jobs together.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { GRANT_SECONDS } from '../../protocol/limits.ts';
import { peerOwner } from '../ledger/owner.ts';
import { admitJob } from './admit-job.ts';
import { closeJobs } from './close-jobs.ts';
import { awaitReturn, cancelJob, finishJob } from './end-job.ts';
import { driverLost, hearDriver } from './hear-driver.ts';
import type { LiveJob } from './live-job.ts';
import { limitGrant } from './start-job.ts';
import { TestContext, type TestListener } from './test-context.ts';
import { noteOf } from './test-network.ts';
import { PLAN, PRICE, STATS } from './test-scene.ts';

let test: TestContext;
/** What the metrics were told of ends. */
let ends: [LiveJob['id'], boolean, string | undefined][];

beforeEach(async () => {
  ends = [];
  test = await TestContext.of({
    observe: { started: () => {}, ended: (job, { errorCode }) => void ends.push([job.id, job.cancelled, errorCode]) },
  });
  return () => test.close();
});
afterEach(() => vi.useRealTimers());

type Job = LiveJob & { listener: TestListener };
const admit = async (fields: Parameters<TestContext['fields']>[0] = {}): Promise<Job> =>
  (await admitJob(test.context, test.fields(fields))) as Job;
const askOf = (index: number) => {
  const driver = test.network.peer(index);
  return { source: 'tab', request: undefined, driver, payer: peerOwner(driver) } as const;
};
const over = (job: Job) => expect.poll(() => job.state).toBe('over');
const lost = new PoolError('stage-left', 'The tab left.');

describe('the end', () => {
  it('is decided by the first call, told once and settled once', async () => {
    const job = await admit();
    finishJob(test.context, job, new PoolError('stage-failed', 'So it is.'));
    finishJob(test.context, job);
    cancelJob(test.context, job);
    await over(job);
    finishJob(test.context, job, lost);
    expect(job.listener.heard).toEqual(['routed', 'failed stage-failed']);
    expect(ends).toEqual([[job.id, false, 'stage-failed']]);
    expect(test.statesOf(job)).toEqual(['running', 'settling', 'failed']);
    expect(test.context.jobs.size).toBe(0);
  });

  it('of a job that a caller leaves while it is settled is no cancellation', async () => {
    const job = await admit();
    hearDriver(test.context, job, { type: 'finished', job: job.id, choice: 0, reason: 'stop' });
    hearDriver(test.context, job, { type: 'done', job: job.id, cachedTokens: 0, stats: STATS });
    expect(job.state).toBe('settling');
    cancelJob(test.context, job);
    await over(job);
    cancelJob(test.context, job);
    expect(ends).toEqual([[job.id, false, undefined]]);
    expect(test.statesOf(job).at(-1)).toBe('done');
  });

  it('tells a tab what it was charged even when it failed, and nobody else', async () => {
    const [tab, http] = [await admit(askOf(3)), await admit()];
    for (const job of [tab, http]) finishJob(test.context, job, lost);
    await Promise.all([over(tab), over(http)]);
    expect(tab.listener.heard).toEqual(['routed', 'failed stage-left', 'ended 0']);
    expect(http.listener.heard).toEqual(['routed', 'failed stage-left']);
  });

  it('comes although the settlement fails: nothing is charged, and what is set aside stays until it expires', async () => {
    test.funding.settle = () => Promise.reject(new Error('the ledger is away'));
    const job = await admit();
    finishJob(test.context, job);
    await over(job);
    expect(test.errors).toEqual(['a job could not be settled']);
    expect(test.rows.at(-1)).toMatchObject({ state: 'done', chargedMicros: 0 });
    expect(test.funding.entries.get(job.id)?.state).toBe('open');
    expect(job.listener.heard).toEqual(['routed', 'ended 0']);
  });

  it('of an answer that was signed for and that no seat shows makes no later prompt cheaper, and what it did meanwhile is counted', async () => {
    const { paidLengths, overshoot } = test.context;
    const take = vi.spyOn(overshoot, 'take');
    for (const isUsed of [false, true]) {
      const job = await admit({ ...askOf(3), promptTokens: 5 });
      const { id, nonce, payer, pool } = job;
      job.note = await noteOf(test.network.identities[3]!, { job: id, nonce, tokens: 1 });
      finishJob(test.context, job);
      // The next question comes before the stages have answered.
      if (isUsed) expect(paidLengths.take(payer, pool, 5)).toBe(5);
      await over(job);
      expect(paidLengths.take(payer, pool, 5)).toBe(0);
    }
    const unpaid = take.mock.calls.map(([, , tokens]) => tokens).filter((tokens) => tokens > 0);
    expect(unpaid).toEqual([expect.closeTo((6 * PRICE.promptMicros) / PRICE.completionMicros)]);
  });

  it('of one that never began is in its row as it ended, and nothing else before', async () => {
    test.network.isServing = false;
    const job = await admit();
    finishJob(test.context, job, new PoolError('cancelled', 'x'));
    await over(job);
    await job.kept;
    expect(test.rows.filter(({ id }) => id === job.id).map(({ state }) => state)).toEqual([
      ...['waiting', 'settling', 'failed'],
    ]);
    await expect.poll(() => test.context.jobs.size).toBe(0);
  });

  it('comes although its row cannot be written', async () => {
    const job = await admit();
    test.context.store.save = () => Promise.reject(new Error('the database is away'));
    finishJob(test.context, job);
    await over(job);
    await expect.poll(() => job.listener.heard).toEqual(['routed', 'ended 0']);
    expect(new Set(test.errors)).toEqual(new Set(['a job’s end could not be kept']));
  });

  it('makes room for the next one before it is paid', async () => {
    test.network.memoryBytes = 0;
    const [first, second] = [await admit(), await admit()];
    expect([first.state, second.state]).toEqual(['running', 'waiting']);
    finishJob(test.context, first);
    expect([first.state, second.state]).toEqual(['settling', 'running']);
  });
});

describe('a cancellation', () => {
  it('of what waits ends it at once, and asks no stage', async () => {
    test.network.isServing = false;
    const job = await admit();
    cancelJob(test.context, job);
    await over(job);
    expect(job.listener.codes).toEqual(['cancelled']);
    expect(test.network.sent).toEqual([]);
    expect(test.funding.entries.get(job.id)?.state).toBe('released');
  });

  it('of what runs tells the driver once, and waits for its last word', async () => {
    const job = await admit();
    cancelJob(test.context, job);
    cancelJob(test.context, job);
    expect(job.state).toBe('running');
    expect(test.network.sent.filter(({ message }) => message.type === 'job-cancel')).toHaveLength(1);
    hearDriver(test.context, job, { type: 'done', job: job.id, cachedTokens: 0, stats: STATS });
    await over(job);
    expect(job.listener.heard).toEqual(['routed', 'failed cancelled']);
  });

  it('of what runs ends it when the driver says nothing', async () => {
    vi.useFakeTimers();
    const job = await admit();
    cancelJob(test.context, job);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(job.listener.codes).toEqual(['cancelled']);
    vi.useRealTimers();
    await over(job);
  });

  it('of what runs ends it when the driver is lost, without another', async () => {
    const job = await admit();
    cancelJob(test.context, job);
    driverLost(test.context, job, lost);
    await over(job);
    expect([job.attempts, job.listener.codes]).toEqual([1, ['cancelled']]);
  });
});

describe('a start', () => {
  it('of a tab that is gone ends the job', async () => {
    const fields = test.fields(askOf(3));
    fields.listener.isThere = false;
    const job = (await admitJob(test.context, fields)) as Job;
    await over(job);
    expect(job.listener.heard).toEqual(['routed', 'failed stage-left', 'ended 0']);
    expect(test.context.queues.loadOf(job.pool).running).toBe(0);
  });

  it('G4: in the asking tab itself takes no room, has nobody to pay, and needs no grant', async () => {
    const plan = { ...PLAN, local: true };
    const job = (await admitJob(test.context, test.fields({ ...askOf(3), heldMicros: 0 }), plan)) as Job;
    expect(job).toMatchObject({ state: 'running', epochs: [], plan });
    expect(job.listener.grants).toEqual([undefined]);
    expect(test.context.queues.loadOf(job.pool).running).toBe(0);
    finishJob(test.context, job);
    await over(job);
    expect(test.network.sent).toEqual([]);
    expect(job.listener.heard).toEqual(['routed', 'ended 0']);
  });

  it('is the driver’s for as long as its grant: then it is told to stop, and the caller hears why', async () => {
    vi.useFakeTimers();
    const job = await admit();
    await vi.advanceTimersByTimeAsync(GRANT_SECONDS * 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(job.listener.codes).toEqual(['lap-timeout']);
    expect(test.network.sent.map(({ message }) => message.type)).toContain('job-cancel');
  });

  it('D2: a tab that goes and comes back makes no answer longer than what is held for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    const job = await admit(askOf(3));
    expect(job.state).toBe('running');
    for (let minute = 0; minute < 29; minute++) {
      awaitReturn(test.context, job, new PoolError('stage-left', 'It left.'));
      await vi.advanceTimersByTimeAsync(30_000);
      limitGrant(test.context, job);
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(job.listener.codes).toEqual([]);
    await vi.advanceTimersByTimeAsync(GRANT_SECONDS * 1000 - 29 * 60_000);
    expect(job.listener.codes).toEqual(['lap-timeout']);
    await vi.advanceTimersByTimeAsync(60 * 60_000);
  });

  it('hands the driver no name of the payer, and no draft to a caller that wants none', async () => {
    const route = () => ({ ...PLAN, drafter: 'ngram' as const, codec: 'int8' as const });
    const drafting = await TestContext.of({ route });
    for (const drafter of ['none', 'ngram'] as const) {
      const fields = drafting.fields();
      await admitJob(drafting.context, { ...fields, request: { ...fields.request!, drafter } });
      const { message } = await drafting.network.next('job-start');
      expect(message.request).toMatchObject({ drafter, codec: 'int8' });
      expect(message.request.owner).toMatch(/^[0-9a-f]{32}$/);
      expect(message.request).not.toHaveProperty('resume');
    }
    await drafting.close();
  });
});

describe('the end of all jobs', () => {
  /** Longer than a busy machine takes to let go what waits. */
  const WHILE_MS = 1_000;

  it('lets go at once what waits, and what runs after its while', async () => {
    test.network.memoryBytes = 0;
    const [running, waiting] = [await admit(), await admit()];
    const closing = closeJobs(test.context, WHILE_MS);
    await over(waiting);
    expect([running.state, waiting.listener.codes]).toEqual(['running', ['shutting-down']]);
    await closing;
    expect(running.listener.codes).toEqual(['shutting-down']);
    expect(test.context.jobs.size).toBe(0);
  });

  it('comes at once where nothing lives, and when the last answer ends', async () => {
    await closeJobs(test.context, 600_000);
    test.context.isClosing = false;
    const job = await admit();
    const closing = closeJobs(test.context, 600_000);
    hearDriver(test.context, job, { type: 'finished', job: job.id, choice: 0, reason: 'stop' });
    hearDriver(test.context, job, { type: 'done', job: job.id, cachedTokens: 0, stats: STATS });
    await closing;
    expect(job.listener.heard).toEqual(['routed', 'finished', 'ended 0']);
  });

  it('lets go what lost its driver meanwhile and waits for another one', async () => {
    const job = await admit();
    const closing = closeJobs(test.context, WHILE_MS);
    test.network.isServing = false;
    driverLost(test.context, job, lost);
    expect(job.state).toBe('waiting');
    await closing;
    expect(job.listener.codes).toEqual(['shutting-down']);
    expect(test.funding.entries.get(job.id)?.state).toBe('settled');
  });

  it('starts nobody in the place of one that it lets go', async () => {
    test.network.memoryBytes = 0;
    const [first, second] = [await admit(), await admit()];
    const closing = closeJobs(test.context, WHILE_MS);
    await over(second);
    test.network.isServing = false;
    driverLost(test.context, first, lost);
    test.network.isServing = true;
    await closing;
    expect(first.listener.heard.filter((word) => word === 'routed')).toHaveLength(1);
    expect(test.context.jobs.size).toBe(0);
  });
});
