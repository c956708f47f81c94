import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientMessage, parseClientMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import type { JobEvent, JobRequest } from '../../protocol/job.ts';
import { MAX_CONTROL_BYTES } from '../../protocol/limits.ts';
import { connectRpc, type RpcPort, serveRpc } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import { JobRelay } from './job-relay.ts';
import { packJobEvents } from './pack-job-events.ts';

const jobId = (index: number) => index.toString(16).padStart(32, '0') as JobId;
const delta = (job: JobId, text: string, fields: Partial<JobEvent & { type: 'delta' }> = {}): JobEvent => ({
  type: 'delta',
  job,
  choice: 0,
  text,
  ids: [text.length],
  ...fields,
});
const finished = (job: JobId): JobEvent => ({ type: 'finished', job, choice: 0, reason: 'stop' });
const request: JobRequest = {
  prompt: { kind: 'text', text: 'x' },
  seed: 1,
  maxTokens: 4,
  stop: [],
  choices: 1,
  drafter: 'none',
};
const model = { repo: 'acme/model', revision: 'main', dtype: 'q4' } as const;
const source = { pool: poolIdOf(model), model, hubUrl: 'http://hub' };

/** A worker of two methods behind the real RPC. */
function openRelay(methods: Partial<WorkerMethods> = {}) {
  const [page, worker] = [new EventTarget(), new EventTarget()];
  const port = (from: EventTarget, to: EventTarget): RpcPort => ({
    postMessage: (data) => void to.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) })),
    addEventListener: (type, listener) => from.addEventListener(type, listener as EventListener),
  });
  const calls: [string, unknown][] = [];
  const noted = (name: string, result: Promise<void>) => (params: unknown) => {
    calls.push([name, params]);
    return result;
  };
  const tell = serveRpc<WorkerEvents>(port(worker, page), {
    'start-driver': noted('start-driver', Promise.resolve()),
    'run-job': noted('run-job', new Promise(() => {})),
    'cancel-job': noted('cancel-job', Promise.resolve()),
    ...methods,
  });
  const sent: ClientMessage[] = [];
  const client = connectRpc<WorkerMethods, WorkerEvents>(port(page, worker));
  const relay = new JobRelay({ worker: client, source, send: (message) => void sent.push(message) });
  const events = () => sent.map((message) => (message.type === 'job-events' ? message.events : []));
  const start = (job: JobId) => relay.start({ job, grant: 'g', epoch: 2, request });
  return { relay, tell: (event: JobEvent) => tell('job-event', event), calls, sent, events, start };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

test('a job reaches the driver once its tokenizer is there, and only once', async () => {
  const { start, calls, relay } = openRelay();
  start(jobId(1));
  start(jobId(1));
  await settle();
  expect(calls).toEqual([
    ['start-driver', source],
    ['run-job', { job: jobId(1), grant: 'g', epoch: 2, request }],
  ]);
  expect(relay.running).toBe(1);
  relay.cancel(jobId(1));
  relay.cancel(jobId(5));
  await settle();
  expect(calls.slice(2)).toEqual([['cancel-job', { job: jobId(1) }]]);
});

test('an entry reads the tokenizer before its first job; what failed then is tried again with that', async () => {
  const { relay, start, calls } = openRelay();
  relay.prepare();
  relay.prepare();
  await settle();
  start(jobId(1));
  await settle();
  expect(calls.map(([name]) => name)).toEqual(['start-driver', 'run-job']);
  let tries = 0;
  const failing = openRelay({
    'start-driver': async () => {
      if (++tries === 1) throw new PoolError('download-failed', 'The hub is away.');
    },
  });
  failing.relay.prepare();
  await settle();
  expect(failing.events()).toEqual([]);
  failing.start(jobId(1));
  await settle();
  await settle();
  expect([tries, failing.calls.map(([name]) => name)]).toEqual([2, ['run-job']]);
});

test('a job that is cancelled while the tokenizer is read reaches the driver, to be ended there', async () => {
  const { start, calls, relay } = openRelay();
  start(jobId(1));
  relay.cancel(jobId(1));
  await settle();
  await settle();
  expect(calls.map(([name]) => name)).toEqual(['start-driver', 'run-job', 'cancel-job']);
});

test('the first event goes at once, the next ones together after a moment, then at once again', async () => {
  const { start, tell, events } = openRelay();
  start(jobId(1));
  tell(delta(jobId(1), 'a'));
  expect(events()).toEqual([[delta(jobId(1), 'a')]]);
  tell(delta(jobId(1), 'b'));
  tell(delta(jobId(1), 'cc'));
  tell(finished(jobId(1)));
  await vi.advanceTimersByTimeAsync(24);
  expect(events()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(events()[1]).toEqual([delta(jobId(1), 'bcc', { ids: [1, 2] }), finished(jobId(1))]);
  await vi.advanceTimersByTimeAsync(100);
  tell(delta(jobId(1), 'late'));
  expect(events()).toHaveLength(3);
});

test('the first text of a job and its end go at once, with what waits; the next text waits for its moment', async () => {
  const { start, tell, events } = openRelay();
  start(jobId(1));
  const started: JobEvent = { type: 'started', job: jobId(1), promptTokens: 3 };
  tell(started);
  tell(delta(jobId(1), ''));
  expect(events()).toEqual([[started]]);
  tell(delta(jobId(1), 'a'));
  expect(events()[1]).toEqual([delta(jobId(1), 'a', { ids: [0, 1] })]);
  await vi.advanceTimersByTimeAsync(10);
  tell(delta(jobId(1), 'b'));
  await vi.advanceTimersByTimeAsync(14);
  expect(events()).toHaveLength(2);
  tell(finished(jobId(1)));
  tell({ type: 'failed', job: jobId(1), error: { code: 'stage-left', message: 'x' } });
  expect(events()[2]!.map(({ type }) => type)).toEqual(['delta', 'finished', 'failed']);
  await vi.advanceTimersByTimeAsync(100);
  expect(events()).toHaveLength(3);
});

test('a job is over with its last event; what comes for a job that nobody has is dropped', async () => {
  const { start, tell, relay, events } = openRelay();
  start(jobId(1));
  tell({ type: 'failed', job: jobId(1), error: { code: 'stage-left', message: 'x' } });
  expect(relay.running).toBe(0);
  tell(delta(jobId(1), 'after'));
  tell(delta(jobId(2), 'never'));
  await vi.advanceTimersByTimeAsync(50);
  expect(events().flat()).toHaveLength(1);
});

test('a job that cannot begin fails with its code, and the next one tries again', async () => {
  let tries = 0;
  const failing = async () => {
    tries += 1;
    if (tries === 1) throw new PoolError('download-failed', 'The hub is away.');
  };
  const { start, relay, events, calls } = openRelay({ 'start-driver': failing });
  start(jobId(1));
  await settle();
  await settle();
  expect(events().flat()).toMatchObject([{ type: 'failed', error: { code: 'download-failed' } }]);
  expect(relay.running).toBe(0);
  start(jobId(2));
  start(jobId(3));
  await settle();
  expect(tries).toBe(2);
  expect(calls.map(([name]) => name)).toEqual(['run-job', 'run-job']);
});

test('a job that comes again after that begins when its earlier run has ended, and hears nothing of it', async () => {
  const { start, tell, relay, calls, events } = openRelay();
  const runs = () => calls.filter(([name]) => name === 'run-job').length;
  start(jobId(1));
  await settle();
  relay.cancelAll();
  start(jobId(1));
  start(jobId(2));
  await settle();
  expect(runs(), 'the other one').toBe(2);
  tell({ type: 'finished', job: jobId(1), choice: 0, reason: 'cancelled' });
  tell({ type: 'failed', job: jobId(1), error: { code: 'cancelled', message: '' } });
  await settle();
  expect([runs(), events()]).toEqual([3, []]);
  tell(delta(jobId(1), 'a'));
  expect(events().flat()).toEqual([delta(jobId(1), 'a')]);
  relay.close();
});

test('out of reach of the server all jobs are given up, and nothing of them is sent later', async () => {
  const { start, tell, relay, calls, events } = openRelay();
  start(jobId(1));
  start(jobId(2));
  await settle();
  tell(delta(jobId(1), 'a'));
  tell(delta(jobId(2), 'b'));
  tell(delta(jobId(2), 'waits'));
  relay.cancelAll();
  await settle();
  expect(calls.filter(([name]) => name === 'cancel-job')).toHaveLength(2);
  tell(finished(jobId(2)));
  await vi.advanceTimersByTimeAsync(100);
  expect(events().flat()).toEqual([delta(jobId(1), 'a'), delta(jobId(2), 'b')]);
  relay.close();
  start(jobId(3));
  expect(relay.running).toBe(0);
});

describe('packing', () => {
  const joinedText = (events: readonly JobEvent[]) =>
    events.map((event) => (event.type === 'delta' ? event.text : `<${event.type}>`)).join('');

  test('deltas of one choice in a row are one; order and other events stay', () => {
    const [a, b] = [jobId(1), jobId(2)];
    const events = [
      delta(a, 'x'),
      delta(a, 'y'),
      delta(b, 'z'),
      delta(a, 'w'),
      delta(a, 'v', { choice: 1 }),
      finished(a),
    ];
    const [message, ...others] = packJobEvents(events);
    expect(others).toEqual([]);
    expect(
      message!.map((event) => (event.type === 'delta' ? [event.job, event.choice, event.text] : event.type)),
    ).toEqual([[a, 0, 'xy'], [b, 0, 'z'], [a, 0, 'w'], [a, 1, 'v'], 'finished']);
  });

  test('whatever comes, each message is one that the server takes, and nothing is lost', () => {
    const job = jobId(1);
    const wide = '\u4e16'.repeat(400);
    const one = { id: 1, token: wide, bytes: Array.from({ length: 400 }, () => 200), logprob: -1.5 };
    const heavy = { ...one, top: Array.from({ length: 20 }, () => one) };
    const events = [
      ...Array.from({ length: 200 }, (_, index) => delta(jobId(index % 3), `t${index} `)),
      delta(job, 'h', { logprobs: Array.from({ length: 9 }, () => heavy) }),
      ...Array.from({ length: 40 }, () => delta(job, wide)),
      delta(job, '\u0001'.repeat(20_000)),
      finished(job),
    ];
    const messages = packJobEvents(events);
    for (const message of messages) {
      const text = JSON.stringify({ type: 'job-events', events: message });
      expect(Buffer.byteLength(text)).toBeLessThan(MAX_CONTROL_BYTES);
      expect(parseClientMessage(text)).toMatchObject({ type: 'job-events' });
    }
    expect(joinedText(messages.flat())).toBe(joinedText(events));
    const told = messages.flat().flatMap((event) => (event.type === 'delta' ? (event.logprobs ?? []) : []));
    expect(told).toHaveLength(9);
    expect(messages.flat().flatMap((event) => (event.type === 'delta' ? event.ids : []))).toHaveLength(242);
  });
});
