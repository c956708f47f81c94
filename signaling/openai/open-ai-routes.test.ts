// The official client against the real routes on a loopback port: what the shared conformance cases do not reach because it
// takes a fault, a slow queue or a look at the job.

import OpenAI from 'openai';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { createAuthenticate } from '../http/authenticate.ts';
import {
  createGuardedApp,
  OTHER_KEY,
  openTestSite,
  TEST_ACCOUNTS,
  TEST_KEY,
  TEST_MODEL,
  TEST_MODELS,
  type TestSite,
} from '../http/test-site.ts';
import { createOpenAiRoutes } from './open-ai-routes.ts';
import { type Fault, ScriptedJobService } from './scripted-job-service.ts';

const jobs = new ScriptedJobService();
const MARKET = 'computepool/guide-4m@main:fp32/market';
const MESSAGES = [{ role: 'user' as const, content: 'Hello there' }];
const KEEP_ALIVE_MS = 40;
let site: TestSite;

beforeAll(async () => {
  const authenticate = createAuthenticate(TEST_ACCOUNTS);
  const app = createGuardedApp(authenticate);
  const routes = createOpenAiRoutes({
    jobs,
    models: () => TEST_MODELS,
    authenticate,
    receiptsOf: async () => [],
    limits: { keepAliveMs: KEEP_ALIVE_MS },
    logger: pino({ level: 'silent' }),
  });
  app.route('/v1', routes);
  site = await openTestSite(app);
});

afterAll(() => site.close());

beforeEach(() => {
  jobs.options = {};
  jobs.faults.length = 0;
  jobs.orders.length = 0;
  jobs.endings.clear();
});

const ask = (more: Record<string, unknown> = {}) =>
  site.client.chat.completions.create({
    model: TEST_MODEL,
    messages: MESSAGES,
    max_tokens: 8,
    seed: 1,
    ...more,
  } as never);

const post = (body: unknown, headers: Record<string, string> = {}, path = '/chat/completions') =>
  fetch(`${site.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function failure(promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OpenAI.APIError);
  return error as InstanceType<typeof OpenAI.APIError>;
}

const fault = (code: ConstructorParameters<typeof PoolError>[0], at: Fault['at'] = 'submit', data = {}): Fault => ({
  at,
  error: new PoolError(code, 'A fault by script.', { data }),
});

describe('what the service says becomes the client’s error class', () => {
  test.each([
    ['insufficient-credits', OpenAI.RateLimitError, 429, 'insufficient_quota', null],
    ['rate-limited', OpenAI.RateLimitError, 429, 'rate_limit_exceeded', '5'],
    ['queue-full', OpenAI.InternalServerError, 503, 'queue_full', '5'],
    ['no-stages', OpenAI.InternalServerError, 503, 'no_stages', '10'],
    ['context-exceeded', OpenAI.BadRequestError, 400, 'context_length_exceeded', null],
    ['forbidden', OpenAI.PermissionDeniedError, 403, 'insufficient_permissions', null],
    ['internal', OpenAI.InternalServerError, 500, 'internal_error', null],
  ] as const)('%s', async (code, kind, status, shown, retryAfter) => {
    for (const stream of [false, true]) {
      for (const at of ['submit', 'queue', 'start'] as const) {
        jobs.faults.push(fault(code, at));
        const error = await failure(ask({ stream }));
        expect(error).toBeInstanceOf(kind);
        expect([error.status, error.code, error.headers?.get('retry-after')]).toEqual([status, shown, retryAfter]);
        expect(error.requestID).toMatch(at === 'submit' ? /^req_/ : /^[0-9a-f]{32}$/);
      }
    }
  });

  test('a time to come back that the service knows goes into Retry-After', async () => {
    jobs.faults.push(fault('queue-full', 'submit', { retryAfterSeconds: 12.3 }));
    expect((await failure(ask())).headers?.get('retry-after')).toBe('13');
  });

  test('a lack of credits is not tried again by the client, a full queue is', async () => {
    const eager = site.client.withOptions({ maxRetries: 1 });
    jobs.faults.push(fault('insufficient-credits'), fault('insufficient-credits'));
    await failure(eager.chat.completions.create({ model: TEST_MODEL, messages: MESSAGES }));
    expect(jobs.orders).toHaveLength(1);
    jobs.faults.splice(0, 2, fault('queue-full', 'submit', { retryAfterSeconds: 1 }));
    const answer = await eager.chat.completions.create({ model: TEST_MODEL, messages: MESSAGES, max_tokens: 3 });
    expect(answer.choices).toHaveLength(1);
  });

  test('what went wrong inside is not told', async () => {
    jobs.faults.push({ at: 'submit', error: new PoolError('internal', 'password of the database') });
    expect((await failure(ask())).message).not.toContain('password');
  });
});

describe('streams', () => {
  test('a failure after the first chunk is an error event, with no [DONE]', async () => {
    jobs.faults.push(fault('lap-timeout', 1));
    const response = await post({ model: TEST_MODEL, messages: MESSAGES, stream: true, seed: 1 });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('event: error\ndata: {"error":{');
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
    jobs.faults.push(fault('lap-timeout', 1));
    const stream = (await ask({ stream: true })) as unknown as AsyncIterable<unknown>;
    const error = await failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(error.code).toBe('lap_timeout');
  });

  test('comments keep a queued stream open; route headers come when it is routed in time', async () => {
    jobs.options = { queueMs: KEEP_ALIVE_MS * 4 };
    const slow = await post({ model: TEST_MODEL, messages: MESSAGES, stream: true, max_tokens: 3 });
    expect(slow.headers.get('x-computepool-mode')).toBeNull();
    expect(slow.headers.get('x-computepool-receipt')).toMatch(/^[0-9a-f]{32}$/);
    const text = await slow.text();
    expect(text).toMatch(/^: keep-alive\n\n/);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    jobs.options = {};
    const quick = await post({ model: TEST_MODEL, messages: MESSAGES, stream: true, max_tokens: 3 });
    expect(quick.headers.get('x-computepool-mode')).toBe('lan');
    expect(quick.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const chunks = (await quick.text())
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));
    // Without include_usage no chunk is without a choice, and the last one has what came late.
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [{ finish_reason: expect.any(String) }],
      computepool: { mode: 'lan', drafted: 10, accepted: 5 },
    });
  });

  test('a failure in the queue after the headers went is an error event too', async () => {
    jobs.options = { queueMs: KEEP_ALIVE_MS * 3 };
    jobs.faults.push(fault('no-stages', 'queue'));
    const response = await post({ model: TEST_MODEL, messages: MESSAGES, stream: true });
    expect(await response.text()).toContain('"code":"no_stages"');
  });

  test.each([true, false])('hanging up cancels the job (stream: %s)', async (stream) => {
    jobs.options = { tokenMs: 300 };
    const hangUp = new AbortController();
    const asked = site.client.chat.completions.create(
      { model: TEST_MODEL, messages: MESSAGES, max_tokens: 500, stream } as never,
      { signal: hangUp.signal },
    );
    asked.catch(() => {});
    await vi.waitFor(() => expect(jobs.running).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    hangUp.abort();
    await vi.waitFor(() => expect([...jobs.endings.values()]).toEqual(['cancelled']));
    expect(jobs.orders[0]?.signal?.aborted).toBe(true);
  });
});

describe('what is read of a request', () => {
  test('all sampling parameters reach the order', async () => {
    await ask({
      temperature: 0.5,
      top_p: 0.9,
      stop: 'x',
      n: 2,
      seed: -3,
      max_completion_tokens: 5,
      top_k: 4,
      drafting: false,
      codec: 'int8',
    });
    expect(jobs.orders[0]).toMatchObject({
      payer: 'account:ann',
      source: 'http',
      pool: TEST_MODELS[0]?.pool,
      request: {
        prompt: { kind: 'chat', messages: MESSAGES },
        temperature: 0.5,
        topP: 0.9,
        topK: 4,
        stop: ['x'],
        choices: 2,
        maxTokens: 5,
        drafter: 'none',
        codec: 'int8',
      },
    });
    expect(jobs.orders[0]?.request.seed).toBeGreaterThanOrEqual(0);
    expect(jobs.orders[0]?.promptBytes).toBe('Hello there'.length);
  });

  test('without a seed each answer has its own, which the answer tells', async () => {
    const one = await ask({ seed: undefined });
    await ask({ seed: undefined });
    const [first, second] = jobs.orders.map(({ request }) => request.seed);
    expect(first).not.toBe(second);
    expect(one).toMatchObject({ computepool: { seed: first } });
  });

  test('a pool’s whole id asks that pool', async () => {
    await ask({ model: 'computepool/guide-4m@main:fp32' });
    await ask({ model: MARKET });
    expect(jobs.orders.map(({ pool }) => pool)).toEqual(['computepool/guide-4m@main:fp32', MARKET]);
  });

  test('token ids and one-entry arrays are prompts', async () => {
    for (const prompt of [[5, 6], [[5, 6]], ['hi'], 'hi']) {
      await site.client.completions.create({ model: TEST_MODEL, prompt: prompt as string });
    }
    expect(jobs.orders.map(({ request }) => request.prompt)).toEqual([
      { kind: 'ids', ids: [5, 6] },
      { kind: 'ids', ids: [5, 6] },
      { kind: 'text', text: 'hi' },
      { kind: 'text', text: 'hi' },
    ]);
    expect(jobs.orders[0]?.request.maxTokens).toBe(16);
  });

  test.each([
    ['prompt', { prompt: ['a', 'b'] }, 'unsupported_parameter'],
    ['prompt', { prompt: '' }, 'prompt_empty'],
    ['echo', { echo: true }, 'unsupported_parameter'],
    ['suffix', { suffix: 'x' }, 'unsupported_parameter'],
    ['best_of', { best_of: 3 }, 'unsupported_parameter'],
    ['max_tokens', { max_tokens: 5000 }, null],
    ['nonsense', { nonsense: 1 }, 'unknown_parameter'],
  ])('completions refuse %s %j', async (param, more, code) => {
    const body = { model: TEST_MODEL, prompt: 'a', ...more };
    const error = await failure(site.client.completions.create(body as never));
    expect([error.status, error.param, error.code]).toEqual([400, param, code]);
    expect(jobs.orders).toHaveLength(0);
  });

  test.each([
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].content[0].type',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    ],
    ['messages[0].tool_calls', { messages: [{ role: 'assistant', content: '', tool_calls: [{}] }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: null }] }],
    ['messages', { messages: [] }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['store', { store: true }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['stop[0]', { stop: [''] }],
    [
      'logprobs',
      { logprobs: true, top_logprobs: 20, n: 8, max_tokens: 1024, model: 'computepool/guide-4m@main:fp32' },
      200,
    ],
  ])('chat: %s', async (param, more, status = 400) => {
    if (status === 200) {
      await ask(more);
      return;
    }
    const error = await failure(ask(more));
    expect([error.status, error.param]).toEqual([400, param]);
  });

  test('more log-probabilities than fit into memory are refused', async () => {
    const more = {
      logprobs: true,
      top_logprobs: 20,
      n: 8,
      max_tokens: 30_000,
      model: 'computepool/guide-4m@main:fp32',
    };
    expect((await failure(ask(more))).param).toBe('logprobs');
  });

  test('a body that is too large, too deep, no JSON or of another type', async () => {
    const big = await post({ model: TEST_MODEL, messages: [{ role: 'user', content: 'x'.repeat(1024 * 1024) }] });
    expect([big.status, (await big.json()).error.code]).toEqual([413, 'request_too_large']);
    expect((await post(`{"messages":${'['.repeat(100_000)}`)).status).toBe(400);
    expect((await post('{')).status).toBe(400);
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(400);
    const long = await post({ model: TEST_MODEL, messages: [{ role: 'user', content: 'é'.repeat(80_000) }] });
    expect((await long.json()).error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    expect(jobs.orders).toHaveLength(0);
  });

  test('strangers are refused before their body is read', async () => {
    const response = await post('{', { authorization: 'Bearer nobody' });
    expect([response.status, (await response.json()).error.code]).toEqual([401, 'invalid_api_key']);
  });

  test('a cookie serves a page of this site and no other', async () => {
    const body = { model: TEST_MODEL, messages: MESSAGES, max_tokens: 2 };
    const send = (headers: Record<string, string>) =>
      fetch(`${site.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'cp_session=session-ann', ...headers },
        body: JSON.stringify(body),
      });
    expect((await send({ origin: site.url })).status).toBe(200);
    expect((await send({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
  });
});

describe('modes, quotes and jobs', () => {
  test('a mode that it would not run in is refused with the reason', async () => {
    const error = await failure(ask({ mode: 'solo' }));
    expect([error.status, error.code, error.param]).toEqual([409, 'mode_unavailable', 'mode']);
    expect(error.message).toContain('no device holds the whole model');
    expect(await ask({ mode: 'lan' })).toMatchObject({ object: 'chat.completion' });
  });

  test('a quote runs nothing', async () => {
    const quote = await ask({ dry_run: true });
    expect(quote).toMatchObject({ object: 'computepool.quote', plan: { mode: 'lan' } satisfies Partial<RoutePlan> });
    expect(jobs.orders).toHaveLength(0);
  });

  test('a job and its receipts are its owner’s alone', async () => {
    const { id } = (await ask()) as { id: string };
    const read = (path: string, key: string) =>
      fetch(`${site.url}/v1/computepool/${path}/${id}`, { headers: { authorization: `Bearer ${key}` } });
    const job = await (await read('jobs', TEST_KEY)).json();
    expect(job).toMatchObject({
      state: 'done',
      predicted: { tokensPerSecond: 40 },
      outcome: { laps: expect.any(Number) },
    });
    expect(jobs.endings.has(job.id as JobId)).toBe(true);
    expect(await (await read('receipts', TEST_KEY)).json()).toEqual({ object: 'list', job: job.id, data: [] });
    expect((await read('jobs', OTHER_KEY)).status).toBe(404);
    expect((await read('receipts', OTHER_KEY)).status).toBe(404);
  });

  test('models: with a slash, without a key, and none that is not there', async () => {
    expect((await fetch(`${site.url}/v1/models/computepool/guide-4m`)).status).toBe(200);
    expect((await site.client.models.list()).data.map(({ id }) => id)).toEqual([
      'computepool/guide-4m',
      'computepool/guide-4m@main:fp32',
      MARKET,
    ]);
    expect((await (await fetch(`${site.url}/v1/models/${MARKET}`)).json()).computepool.pool).toBe(MARKET);
    expect(await site.client.models.retrieve(MARKET)).toMatchObject({ id: MARKET, owned_by: 'computepool' });
    expect((await failure(site.client.models.retrieve('a/b'))).status).toBe(404);
    expect((await (await fetch(`${site.url}/v1/nothing`)).json()).error.type).toBe('invalid_request_error');
  });
});
