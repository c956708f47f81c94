// What a driver may say of a job, and what becomes of the job when it lies, fails or is lost.
import { beforeEach, describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { JobEvent } from '../../protocol/job.ts';
import { admitJob } from './admit-job.ts';
import { cancelJob } from './end-job.ts';
import { driverLost, hearDriver } from './hear-driver.ts';
import { TestContext } from './test-context.ts';
import { delta, PRICE, STATS } from './test-scene.ts';

let test: TestContext;
let job: ReturnType<TestContext['job']>;

/** A job that its entry drives. */
async function begin(fields: Parameters<TestContext['fields']>[0] = {}) {
  test = await TestContext.of();
  job = (await admitJob(test.context, test.fields(fields))) as typeof job;
  expect(job).toMatchObject({ state: 'running', driver: test.network.peer(0) });
  return () => test.close();
}

const say = (...events: JobEvent[]): void => {
  for (const event of events) hearDriver(test.context, job, event);
};
/** What the last answer costs, as its end tells it. */
const bill = () => test.rows.filter(({ state }) => state === 'settling').at(-1)?.chargedMicros;
const over = () => expect.poll(() => job.state).toBe('over');
const started = (promptTokens: number): JobEvent => ({ type: 'started', job: job.id, promptTokens });
const finished = (choice: number): JobEvent => ({ type: 'finished', job: job.id, choice, reason: 'stop' });
const done = (cachedTokens = 0): JobEvent => ({ type: 'done', job: job.id, cachedTokens, stats: STATS });
const failed = (code: string): JobEvent => ({
  type: 'failed',
  job: job.id,
  error: { code, message: 'So it is.' },
});

describe('one choice', () => {
  beforeEach(() => begin());

  it('is told from start to end, and its tokens are counted', async () => {
    say(started(5), delta(job.id, [1, 2], 'ab'), delta(job.id, [], 'c'), finished(0), done(3));
    await over();
    expect(job.listener.heard).toEqual([
      'routed',
      'started',
      'delta',
      'delta',
      'finished',
      `ended ${5 * PRICE.promptMicros + 2 * PRICE.completionMicros}`,
    ]);
    expect(job.usage).toEqual({ promptTokens: 5, cachedTokens: 0, completionTokens: 2 });
    expect(test.statesOf(job)).toEqual(['running', 'settling', 'done']);
  });

  it('D3: what the network failed costs what its caller received: nothing of an answer that is told whole', async () => {
    await begin({ isStreamed: false });
    say(started(5), delta(job.id, [1, 2], 'ab'), failed('out-of-memory'));
    await over();
    expect(bill()).toBe(0);
  });

  it('D3: of a streamed one what was told, and whoever asks the same again pays the rest alone', async () => {
    const ask = async (said: JobEvent[] | ((id: typeof job.id) => JobEvent[])): Promise<number | undefined> => {
      const { pool, payer: account, promptIds = [] } = test.fields();
      const paidBefore = test.context.paidAnswers.take({ pool, account, promptIds });
      job = (await admitJob(test.context, test.fields({ isStreamed: true, paidBefore }))) as typeof job;
      await expect.poll(() => job.state).toBe('running');
      say(...(typeof said === 'function' ? said(job.id) : said));
      await over();
      return bill();
    };
    await begin({ isStreamed: true });
    say(started(5), delta(job.id, [1, 2], 'ab'), failed('out-of-memory'));
    await over();
    expect(bill()).toBe(5 * PRICE.promptMicros + 2 * PRICE.completionMicros);
    // It fails again, before it came as far: nothing is charged twice.
    expect(
      await ask((id) => [
        delta(id, [1], 'a'),
        { type: 'failed', job: id, error: { code: 'out-of-memory', message: '' } },
      ]),
    ).toBe(0);
    const rest = await ask((id) => [
      delta(id, [1, 2, 3], 'abc'),
      { type: 'finished', job: id, choice: 0, reason: 'stop' },
      { type: 'done', job: id, cachedTokens: 0, stats: STATS },
    ]);
    expect(rest).toBe(PRICE.completionMicros);
    // And once more it is another answer.
    const whole = await ask((id) => [
      delta(id, [1], 'a'),
      { type: 'finished', job: id, choice: 0, reason: 'stop' },
      { type: 'done', job: id, cachedTokens: 0, stats: STATS },
    ]);
    expect(whole).toBe(5 * PRICE.promptMicros + PRICE.completionMicros);
  });

  it('G8: ends with a fault of the driver where it ends the answer before its end, or gives it up unasked', async () => {
    say(started(5), delta(job.id, [1], 'a'), done());
    await over();
    expect(job.listener.heard.at(-1)).toBe('failed stage-failed');
    await begin();
    say(started(5), { type: 'finished', job: job.id, choice: 0, reason: 'cancelled' });
    await over();
    expect(job.listener.heard.at(-1)).toBe('failed stage-failed');
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [0, 0],
  ])(
    'G3: says what it likes of its prompt (%i) and its cache (%i): the server has counted itself',
    async (prompt, cached) => {
      say(started(prompt), done(cached));
      await over();
      expect(job.usage).toMatchObject({ promptTokens: 5, cachedTokens: 0 });
      expect(job.listener.events).toEqual([started(5)]);
    },
  );

  it('is told of a start once, though each driver counts for itself', () => {
    say(started(5), started(4));
    expect(job.listener.events).toEqual([started(5)]);
    expect(job.usage.promptTokens).toBe(5);
  });

  it('may be as long as it was asked for, and not a token longer', async () => {
    say(delta(job.id, [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(job.state).toBe('running');
    say(delta(job.id, [9]));
    await over();
    expect(job.listener.codes).toEqual(['stage-failed']);
    expect(job.usage.completionTokens).toBe(8);
  });

  it('G5: may have no more events than its tokens need, with or without ids', async () => {
    const [said, most] = [{ count: 0 }, 8 * 2 + 16];
    for (; job.state === 'running' && said.count < 1000; said.count++) say(delta(job.id, [], ''));
    expect(said.count).toBe(most + 1);
    await over();
    expect(job.listener.codes).toEqual(['stage-failed']);
  });

  it('G3, G5: tells no more text than its tokens can have, so none without a token', async () => {
    for (const [ids, bytes, isTaken] of [
      [[], 1, false],
      [[1], 612, true],
      [[1], 613, false],
    ] as const) {
      await begin();
      say(started(5), delta(job.id, [...ids], 'x'.repeat(bytes)));
      expect(job.state).toBe(isTaken ? 'running' : 'settling');
      if (isTaken) say(finished(0), done());
      await over();
      expect(job.listener.codes).toEqual(isTaken ? [] : ['stage-failed']);
    }
  });

  it('G5: tells the probabilities of a token once, with the alternatives that were asked for, and none unasked', async () => {
    const one = { id: 1, token: 'a', logprob: -1 };
    const told = (tokens: number, top: number) =>
      Array.from({ length: tokens }, () => ({ ...one, top: Array.from({ length: top }, () => one) }));
    const { request } = test.fields();
    for (const [asked, events, isTaken] of [
      [2, [{ ids: [1], logprobs: told(1, 2) }], true],
      // Held back with its text, and told with the next one.
      [2, [{ ids: [1] }, { ids: [2], logprobs: told(2, 2) }], true],
      [2, [{ ids: [], logprobs: told(1, 2) }], false],
      [
        2,
        [
          { ids: [1], logprobs: told(1, 2) },
          { ids: [], logprobs: told(1, 0) },
        ],
        false,
      ],
      [2, [{ ids: [1], logprobs: told(1, 3) }], false],
      [0, [{ ids: [1], logprobs: told(1, 1) }], false],
      [undefined, [{ ids: [1], logprobs: told(1, 0) }], false],
    ] as const) {
      await begin({ request: { ...request!, ...(asked === undefined ? {} : { logprobs: asked }) } });
      say(started(5), ...events.map((event) => ({ ...delta(job.id, [], ''), ...event }) as unknown as JobEvent));
      expect(job.state, JSON.stringify([asked, events])).toBe(isTaken ? 'running' : 'settling');
      if (isTaken) say(finished(0), done());
      await over();
    }
  });

  it('G5: may end each choice that there is, and no other', () => {
    for (const choice of [1, 2 ** 31, 2 ** 53 - 1]) say(finished(choice));
    expect(job.finished.size).toBe(0);
    expect(job.listener.heard).toEqual(['routed']);
  });

  it('ends with words of a choice that nobody asked for', async () => {
    say({ ...delta(job.id, [1]), choice: 1 });
    await over();
    expect(job.listener.heard).toEqual(['routed', 'failed stage-failed']);
  });

  it('has no words after its end, and one end', () => {
    say(delta(job.id, [1]), finished(0), delta(job.id, [2]), finished(0), finished(1), finished(1e9));
    expect(job.listener.heard).toEqual(['routed', 'delta', 'finished']);
    expect(job.emitted).toEqual([[1]]);
    expect([...job.finished.keys()]).toEqual([0]);
  });
});

describe('several choices', () => {
  beforeEach(() => begin({ choices: 2 }));

  it('are counted one by one and together', () => {
    say({ ...delta(job.id, [1, 2, 3, 4, 5, 6, 7, 8]), choice: 0 }, { ...delta(job.id, [9, 10]), choice: 1 });
    expect(job.emitted).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [9, 10],
    ]);
    expect(job.usage.completionTokens).toBe(10);
    expect(job.state).toBe('running');
  });

  it('go on where each was, at the next driver', async () => {
    await test.network.next('job-start');
    say({ ...delta(job.id, [9]), choice: 1 });
    test.network.ring = [2, 3];
    test.network.epoch = 2;
    driverLost(test.context, job, new PoolError('stage-left', 'The tab left.'));
    const { to, message } = await test.network.next('job-start');
    expect(to).toBe(test.network.peer(2));
    expect(message.request.resume).toEqual([[], [9]]);
    expect(job.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    say({ ...delta(job.id, [7, 8]), choice: 1 });
    expect(job.delivered).toEqual([
      [],
      [
        { epoch: 1, tokens: 1 },
        { epoch: 2, tokens: 2 },
      ],
    ]);
  });
});

describe('a failure', () => {
  beforeEach(() => begin());

  it.each(['stage-left', 'link-failed', 'lap-timeout', 'sessions-full', 'device-lost'])(
    'of what disappeared or was busy (%s) is tried again at another driver',
    (code) => {
      say(failed(code));
      expect(job).toMatchObject({ state: 'running', attempts: 2 });
      expect(job.listener.codes).toEqual([]);
    },
  );

  it.each(['context-exceeded', 'out-of-memory', 'stage-failed'])(
    'that would fail again (%s) is told at once',
    async (code) => {
      say(failed(code));
      await over();
      expect(job).toMatchObject({ attempts: 1 });
      expect(job.listener.codes).toEqual([code]);
      expect(test.rows.at(-1)).toMatchObject({ state: 'failed', errorCode: code });
    },
  );

  it.each(['no such code', '__proto__', 'internal', 'not-authentic', 'insufficient-credits', 'rate-limited'])(
    'of a code that a driver does not meet (%s) is a tab that failed',
    async (code) => {
      say(failed(code));
      await over();
      expect(job.listener.codes).toEqual(['stage-failed']);
    },
  );

  it.each(['context-exceeded', 'bad-request', 'out-of-memory'])(
    'G8: says nothing of the driver’s own words (%s)',
    async (code) => {
      const data = { retryAfterSeconds: 1e9, param: 'x', promptTokens: 1e9, code: 'invalid_api_key' };
      say({ type: 'failed', job: job.id, error: { code, message: 'Log in at https://phish.example', data } });
      await over();
      const [error] = job.listener.errors;
      expect(error?.code).toBe(code);
      expect(JSON.stringify(error?.toShape())).not.toMatch(/phish|retryAfter|param|invalid_api_key/);
      if (code === 'context-exceeded')
        expect(error?.message).toMatch(/^This model's maximum context length is \d+ tokens\./);
    },
  );

  it('that ends a cancelled job before its end: it was cancelled, and is no fault of the server', async () => {
    cancelJob(test.context, job);
    say(started(5), done());
    await over();
    expect(job.listener.codes).toEqual(['cancelled']);
  });

  it('of a job that was cancelled is not tried again', async () => {
    cancelJob(test.context, job);
    say(failed('stage-left'));
    await over();
    expect(job.attempts).toBe(1);
    expect(job.listener.codes).toEqual(['cancelled']);
  });

  it('at each of five drivers is the last one’s to tell', async () => {
    for (const code of ['stage-left', 'stage-left', 'stage-left', 'stage-left', 'link-failed']) say(failed(code));
    await over();
    expect(job.attempts).toBe(5);
    expect(job.listener.heard).toEqual([...Array.from({ length: 5 }, () => 'routed'), 'failed link-failed']);
  });

  it('leaves its driver without a word in the job', () => {
    test.network.isServing = false;
    driverLost(test.context, job, new PoolError('stage-left', 'The tab left.'));
    expect(job).toMatchObject({ state: 'waiting', driver: undefined });
    expect(test.context.queues.loadOf(job.pool)).toMatchObject({ running: 0, waiting: 1 });
  });
});
