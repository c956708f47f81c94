// Jobs of the server from request to events, over a real ring with arithmetic for a model and the site's own tokenizer.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JobEvent } from '../../protocol/job.ts';
import { MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { choiceOf, EPOCH, jobId, startTestDriver, type TestDriver } from './test-driver.ts';

let driver: TestDriver;
const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 2));
beforeAll(async () => {
  driver = await startTestDriver();
});
afterAll(() => driver.close());

const last = (events: readonly JobEvent[]) => events[events.length - 1]!;
const codeOf = (events: readonly JobEvent[]) => {
  const event = last(events);
  return event.type === 'failed' ? event.error.code : event.type;
};

test('started, deltas, finished per choice, done: with statistics', async () => {
  const events = await driver.run({ choices: 3 });
  expect(events[0]).toMatchObject({ type: 'started' });
  const done = last(events);
  if (done.type !== 'done') throw new Error(done.type);
  expect(done.stats).toMatchObject({
    epoch: EPOCH,
    drafter: 'none',
    route: [
      { start: 0, end: 3 },
      { start: 3, end: 8 },
    ],
  });
  for (const choice of [0, 1, 2]) {
    const { text, ids, reason } = choiceOf(events, choice);
    expect(reason).toHaveLength(1);
    expect(text.length).toBeGreaterThan(0);
    // Choice i is what a single answer with seed + i would be.
    const alone = choiceOf(await driver.run({ seed: 7 + choice }), 0);
    expect([alone.text, alone.ids]).toEqual([text, ids]);
  }
  await vi.waitFor(() => expect(driver.ring.nodes.map((node) => node.sessions)).toEqual([0, 0]));
});

test('drafting changes nothing but the count of laps', async () => {
  const plain = await driver.run({ temperature: 0, maxTokens: 40 });
  // There is no draft model where there is no list of models: the n-gram drafter stands in.
  for (const drafter of ['ngram', 'model'] as const) {
    const drafted = await driver.run({ temperature: 0, maxTokens: 40, drafter });
    expect(choiceOf(drafted, 0)).toEqual(choiceOf(plain, 0));
  }
});

test('a payer’s next turn goes on from what the stages hold of the one before, and nobody else’s does', async () => {
  const [ann, bob] = ['a'.repeat(32), 'b'.repeat(32)];
  const cachedOf = (events: readonly JobEvent[]) => {
    const done = last(events);
    if (done.type !== 'done') throw new Error(done.type);
    return done.cachedTokens;
  };
  const first = await driver.run({ owner: ann });
  const messages = [
    { role: 'user' as const, content: 'How do I join?' },
    { role: 'assistant' as const, content: choiceOf(first, 0).text },
    { role: 'user' as const, content: 'And then?' },
  ];
  const next = { prompt: { kind: 'chat' as const, messages } };
  const strange = await driver.run({ ...next, owner: bob });
  const known = await driver.run({ ...next, owner: ann });
  expect([cachedOf(first), cachedOf(strange)]).toEqual([0, 0]);
  expect(cachedOf(known)).toBeGreaterThan(8);
  expect(choiceOf(known, 0)).toEqual(choiceOf(strange, 0));
  driver.host.idle.releaseUnless(undefined);
  await vi.waitFor(() => expect(driver.ring.nodes.map((node) => node.sessions)).toEqual([0, 0]));
});

describe('going on after another driver', () => {
  test.each([1, 5, 9])('%i told ids: the rest of text and ids, and no more', async (told) => {
    const whole = await driver.run({ choices: 2, stop: ['zzzz'] });
    const [first, second] = [choiceOf(whole, 0), choiceOf(whole, 1)];
    const deltas = whole.filter((event) => event.type === 'delta' && event.choice === 0).slice(0, told);
    const before = choiceOf(deltas, 0);
    const resume = [before.ids, second.ids];
    const rest = await driver.run({ choices: 2, stop: ['zzzz'], resume });
    expect(before.text + choiceOf(rest, 0).text).toBe(first.text);
    expect([...before.ids, ...choiceOf(rest, 0).ids]).toEqual(first.ids);
    expect(choiceOf(rest, 1)).toMatchObject({ ids: [], reason: second.reason });
  });
});

test('a stop string ends the answer before it; the log-probabilities of what was cut are not told', async () => {
  const whole = choiceOf(await driver.run({ logprobs: 2, maxTokens: 30 }), 0);
  expect(whole.logprobs.map(({ id }) => id)).toEqual(whole.ids);
  const told = whole.logprobs.flatMap(({ bytes }) => bytes ?? []);
  expect(new TextDecoder().decode(Uint8Array.from(told))).toBe(whole.text);
  expect(whole.logprobs.every(({ top, logprob }) => top.length === 2 && top[0]!.logprob >= logprob)).toBe(true);
  const stop = whole.text.slice(6, 8);
  const at = whole.text.indexOf(stop);
  const cut = choiceOf(await driver.run({ logprobs: 2, maxTokens: 30, stop: [stop] }), 0);
  expect([cut.text, cut.reason]).toEqual([whole.text.slice(0, at), ['stop']]);
  expect(cut.logprobs.length).toBeLessThan(cut.ids.length);
  expect(
    cut.logprobs
      .map(({ token }) => token)
      .join('')
      .startsWith(cut.text),
  ).toBe(true);
});

test('prompts as text and as ids; ids that no token has are refused', async () => {
  const text = choiceOf(await driver.run({ prompt: { kind: 'text', text: 'Once upon' } }), 0);
  const { format } = await driver.host.format();
  const ids = choiceOf(await driver.run({ prompt: { kind: 'ids', ids: format.encode('Once upon') } }), 0);
  expect(ids).toEqual(text);
  expect(codeOf(await driver.run({ prompt: { kind: 'ids', ids: [1, 999_999] } }))).toBe('bad-request');
});

test('what cannot be answered fails with its own code', async () => {
  expect(codeOf(await driver.run({}, { grant: driver.seal({ pool: 'another' }) }))).toBe('grant-refused');
  const job = jobId(50);
  const poor = await driver.run({}, { job, grant: driver.seal({ job, maxPosition: 3 }) });
  expect(codeOf(poor)).toBe('grant-refused');
});

test('A4: a prompt that is too long has not begun', async () => {
  const long = { kind: 'ids' as const, ids: Array.from({ length: 9000 }, () => 5) };
  const told = await driver.run({ prompt: long });
  expect(told.map(({ type }) => type)).toEqual(['failed']);
  expect(codeOf(told)).toBe('context-exceeded');
  expect(last(told)).toMatchObject({
    error: { message: expect.stringMatching(/^This model's maximum context length is/) },
  });
});

test('a stage that leaves ends the job at once with its code; nobody waits for another epoch', async () => {
  const ring = driver.serve(EPOCH + 1, slow);
  const from = driver.told.length;
  const running = driver.run({ maxTokens: 500 }, { epoch: EPOCH + 1 });
  await vi.waitFor(() => expect(driver.told.length - from).toBeGreaterThan(4));
  ring.entry.close();
  expect(last(await running)).toMatchObject({ type: 'failed', error: { code: 'stage-left' } });
});

test('a cancelled job ends its open choices within a lap, and with done', async () => {
  driver.serve(EPOCH + 2, slow);
  const from = driver.told.length;
  const running = driver.run({ choices: 2, maxTokens: 500 }, { job: jobId(9), epoch: EPOCH + 2 });
  await vi.waitFor(() => expect(driver.told.length - from).toBeGreaterThan(4));
  driver.host.cancelJob(jobId(9));
  const events = await running;
  expect(events.slice(-3).map((event) => (event.type === 'finished' ? event.reason : event.type))).toEqual([
    'cancelled',
    'cancelled',
    'done',
  ]);
});

test('as many jobs as a stage has sessions wait for their epoch, the next one is too many; all can be cancelled', async () => {
  const epoch = EPOCH + 50;
  const jobs = Array.from({ length: MAX_SESSIONS_PER_STAGE }, (_, index) => jobId(100 + index));
  const waiting = jobs.map((job) => driver.run({}, { job, epoch }));
  expect(codeOf(await driver.run({}, { job: jobId(200), epoch }))).toBe('sessions-full');
  // The same job again is no other job.
  expect(await driver.run({}, { job: jobs[0]!, epoch })).not.toContainEqual(
    expect.objectContaining({ type: 'failed' }),
  );
  for (const job of jobs) driver.host.cancelJob(job);
  for (const events of await Promise.all(waiting)) {
    expect(events.slice(-2)).toMatchObject([{ type: 'finished', reason: 'cancelled' }, { type: 'done' }]);
  }
});

test('an epoch that comes up a moment later is waited for', async () => {
  const running = driver.run({}, { epoch: EPOCH + 3 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  driver.serve(EPOCH + 3);
  expect(codeOf(await running)).toBe('done');
});
