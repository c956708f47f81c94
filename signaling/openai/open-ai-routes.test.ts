// The official client where the shared conformance cases do not reach, because it takes a fault or a slow queue.

import OpenAI from 'openai';
import { describe, expect, test, vi } from 'vitest';
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';
import { toOpenAiError } from '../http/open-ai-error.ts';
import { createGuardedApp, openTestSite, TEST_MODEL } from '../http/test-site.ts';
import { failure, fault, KEEP_ALIVE_MS, MESSAGES, OpenAiScene } from './test-scene.ts';

const scene = OpenAiScene.set();
const { ask, jobs, post } = scene;

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

  test('who shows a key to the list of models hears whether it is good, who shows none sees it', async () => {
    const status = async (headers: Record<string, string>, path = '') =>
      (await fetch(`${scene.site.url}/v1/models${path}`, { headers })).status;
    for (const path of ['', `/${encodeURIComponent(TEST_MODEL)}`, `/${TEST_MODEL}`]) {
      expect(await status({}, path)).toBe(200);
      expect(await status({ authorization: 'Bearer cp-wrong' }, path)).toBe(401);
    }
  });

  test('A5: above the pace every path under /v1 answers in OpenAI’s shape', async () => {
    const app = createGuardedApp(undefined, { ratePerMinute: 1 });
    app.all('/v1/*', (c) => c.text('ok'));
    app.all('/api/*', (c) => c.text('ok'));
    const { url, close } = await openTestSite(app);
    await fetch(`${url}/v1/models`);
    for (const [path, method] of [
      ['models', 'GET'],
      ['chat/completions', 'POST'],
      ['nothing', 'GET'],
    ]) {
      const answer = await fetch(`${url}/v1/${path}`, { method: method! });
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await answer.json()).toEqual({
        error: { message: expect.any(String), type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
      });
    }
    expect(await (await fetch(`${url}/api/config`)).json()).toMatchObject({
      error: { code: 'rate-limited', next: expect.any(String) },
    });
    await close();
  });

  test('a lack of credits is not tried again by the client, a full queue is', async () => {
    const eager = scene.site.client.withOptions({ maxRetries: 1 });
    jobs.faults.push(fault('insufficient-credits'), fault('insufficient-credits'));
    await failure(eager.chat.completions.create({ model: TEST_MODEL, messages: MESSAGES }));
    expect(jobs.orders).toHaveLength(1);
    jobs.faults.splice(0, 2, fault('queue-full', 'submit', { retryAfterSeconds: 1 }));
    const answer = await eager.chat.completions.create({ model: TEST_MODEL, messages: MESSAGES, max_tokens: 3 });
    expect(answer.choices).toHaveLength(1);
  });

  test('A4: what is known before the first token is a status, of a stream too', async () => {
    for (const code of ['context-exceeded', 'bad-request', 'no-stages'] as const) {
      const answers = [];
      for (const stream of [false, true]) {
        jobs.faults.push(fault(code, 0));
        const response = await post({ model: TEST_MODEL, messages: MESSAGES, stream });
        const { error } = await response.json();
        expect(error.param).toBe(code === 'context-exceeded' ? 'messages' : null);
        answers.push([response.status, response.headers.get('content-type'), error]);
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[0]?.[0]).toBeGreaterThanOrEqual(400);
    }
  });

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('A5: %s is told to a program in words for programs', (code) => {
    const { body, status } = toOpenAiError(new PoolError(code, 'A fault by script.'));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error).toEqual({
      message: expect.stringMatching(/^(A fault by script|The server failed)\. [A-Z]/),
      type: expect.any(String),
      param: null,
      code: code === 'bad-request' ? null : expect.any(String),
    });
    expect(body.error.message).not.toMatch(/reload|press|this tab|the page/i);
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
    const asked = scene.site.client.chat.completions.create(
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
