import { describe, expect, test, vi } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { OTHER_KEY, TEST_KEY, TEST_MODEL, TEST_MODELS } from '../http/test-site.ts';
import { failure, MARKET, MESSAGES, OpenAiScene } from './test-scene.ts';

const scene = OpenAiScene.set();
const { ask, jobs, post } = scene;

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
  });

  test('G14: the address of the caller goes with what it orders and what it asks the price of', async () => {
    const quote = vi.spyOn(jobs, 'quote');
    const body = { model: TEST_MODEL, messages: MESSAGES, max_tokens: 4 };
    const from = { 'x-forwarded-for': '203.0.113.7' };
    expect((await scene.post(body, from)).status).toBe(200);
    expect((await scene.post({ ...body, dry_run: true }, from)).status).toBe(200);
    const asked = [jobs.orders[0], quote.mock.lastCall?.[0]];
    for (const order of asked) expect(order).toMatchObject({ payer: 'account:ann', address: '203.0.113.7' });
    quote.mockRestore();
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
      await scene.site.client.completions.create({ model: TEST_MODEL, prompt: prompt as string });
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
    const error = await failure(scene.site.client.completions.create(body as never));
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
    const broken = await post('{');
    expect([broken.status, (await broken.json()).error.message]).toEqual([
      400,
      expect.stringMatching(/^[^.]+\. Correct the request and send it again\.$/),
    ]);
    const typed = await post('{}', { 'content-type': 'text/plain' });
    expect([typed.status, (await typed.json()).error.message]).toEqual([415, expect.stringMatching(/Content-Type/)]);
    const long = await post({ model: TEST_MODEL, messages: [{ role: 'user', content: 'é'.repeat(80_000) }] });
    expect((await long.json()).error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    expect(jobs.orders).toHaveLength(0);
  });

  test.each([
    ['messages', { messages: [{ role: 'user', content: 'x'.repeat(140_000) }] }, '/chat/completions'],
    ['messages', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(140_000) }] }] }, undefined],
    ['prompt', { prompt: 'x'.repeat(140_000) }, '/completions'],
    ['prompt', { prompt: Array.from({ length: 40_000 }, () => 1) }, '/completions'],
  ])('A10: %s of 140 KB is longer than the context, in words that clients know', async (param, more, path) => {
    const response = await post({ model: TEST_MODEL, ...more }, {}, path);
    const { error } = await response.json();
    expect(response.status).toBe(400);
    expect(error).toMatchObject({ code: 'context_length_exceeded', type: 'invalid_request_error', param });
    expect(error.message).toContain("This model's maximum context length is 1024 tokens.");
    expect(jobs.orders).toHaveLength(0);
  });

  test('A11: a body that is packed is refused as such', async () => {
    for (const encoding of ['gzip', 'br', 'GZIP', 'gzip, deflate']) {
      const response = await post('packed', { 'content-encoding': encoding });
      const { error } = await response.json();
      expect([response.status, error.code]).toEqual([415, 'unsupported_media']);
      expect(error.message).toContain(encoding);
    }
    const plain = { model: TEST_MODEL, messages: MESSAGES, max_tokens: 2 };
    expect((await post(plain, { 'content-encoding': 'identity' })).status).toBe(200);
  });

  test.each([2 ** 60, -(2 ** 60), -(2 ** 63), 2 ** 63 - 1024, 2 ** 53, 0, -1])(
    'A11: a seed of 64 bits: %d',
    async (seed) => {
      await ask({ seed });
      await ask({ seed });
      const [first, second] = jobs.orders.map(({ request }) => request.seed);
      expect(first).toBe(second);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(Number.isSafeInteger(first)).toBe(true);
    },
  );

  test.each([2 ** 64, 1.5, '7'])('A11: %j is no seed', async (seed) => {
    expect((await failure(ask({ seed }))).param).toBe('seed');
  });

  test.each([
    [
      'messages[0].content',
      '64',
      { messages: [{ role: 'user', content: Array.from({ length: 65 }, () => ({ type: 'text', text: 'x' })) }] },
    ],
    ['stop', '16', { stop: Array.from({ length: 17 }, (_, index) => `${index}`) }],
    ['stop[1]', '>=1', { stop: ['a', ''] }],
  ])('A11: what is too much of %s names the limit %s', async (param, limit, more) => {
    const error = await failure(ask(more));
    expect([error.status, error.param]).toEqual([400, param]);
    expect(error.message).toContain(limit);
    expect(error.message).not.toContain('Invalid input');
  });

  test('strangers are refused before their body is read', async () => {
    const response = await post('{', { authorization: 'Bearer nobody' });
    expect([response.status, (await response.json()).error.code]).toEqual([401, 'invalid_api_key']);
  });

  test('a cookie serves a page of this site and no other', async () => {
    const body = { model: TEST_MODEL, messages: MESSAGES, max_tokens: 2 };
    const send = (headers: Record<string, string>) =>
      fetch(`${scene.site.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'cp_session=session-ann', ...headers },
        body: JSON.stringify(body),
      });
    expect((await send({ origin: scene.site.url })).status).toBe(200);
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

  test('G2: a dry run is refused for a mode that the request would be refused for', async () => {
    const error = await failure(ask({ mode: 'solo', dry_run: true }));
    expect([error.status, error.code]).toEqual([409, 'mode_unavailable']);
  });

  test('a job and its receipts are its owner’s alone', async () => {
    const { id } = (await ask()) as { id: string };
    const read = (path: string, key: string) =>
      fetch(`${scene.site.url}/v1/computepool/${path}/${id}`, { headers: { authorization: `Bearer ${key}` } });
    const job = await (await read('jobs', TEST_KEY)).json();
    expect(job).toMatchObject({
      state: 'done',
      predicted: { tokensPerSecond: 40 },
      outcome: { laps: expect.any(Number) },
    });
    expect(jobs.endings.has(job.id as JobId)).toBe(true);
    expect(await (await read('receipts', TEST_KEY)).json()).toEqual({
      object: 'list',
      job: job.id,
      data: [],
      delivery: null,
    });
    expect((await read('jobs', OTHER_KEY)).status).toBe(404);
    expect((await read('receipts', OTHER_KEY)).status).toBe(404);
  });

  test('models: with a slash, without a key, and none that is not there', async () => {
    expect((await fetch(`${scene.site.url}/v1/models/computepool/guide-4m`)).status).toBe(200);
    expect((await scene.site.client.models.list()).data.map(({ id }) => id)).toEqual([
      'computepool/guide-4m',
      'computepool/guide-4m@main:fp32',
      MARKET,
    ]);
    expect((await (await fetch(`${scene.site.url}/v1/models/${MARKET}`)).json()).computepool.pool).toBe(MARKET);
    expect(await scene.site.client.models.retrieve(MARKET)).toMatchObject({ id: MARKET, owned_by: 'computepool' });
    expect((await failure(scene.site.client.models.retrieve('a/b'))).status).toBe(404);
    expect((await (await fetch(`${scene.site.url}/v1/nothing`)).json()).error.type).toBe('invalid_request_error');
  });
});
