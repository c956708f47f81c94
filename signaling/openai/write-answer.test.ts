// Answers in OpenAI's words, of updates that the tests write themselves.
import { describe, expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { type JobRequest, jobRequestSchema } from '../../protocol/job.ts';
import { API_LIMITS } from '../http/api-types.ts';
import { TEST_MODEL, TEST_MODELS } from '../http/test-site.ts';
import type { FollowedUpdate, TokenWithTop } from './follow-job.ts';
import { parseRequest } from './prepare-request.ts';
import { writeChunks, writeWhole } from './write-answer.ts';

const JOB = 'ab'.repeat(16) as JobId;
const CONTEXT = { models: TEST_MODELS, limits: API_LIMITS };
const prepare = (more: Record<string, unknown> = {}) =>
  'prompt' in more
    ? parseRequest('/v1/completions', { model: TEST_MODEL, ...more }, CONTEXT)
    : parseRequest(
        '/v1/chat/completions',
        { model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello' }], ...more },
        CONTEXT,
      );

const token = (text: string, more: Partial<TokenWithTop> = {}): TokenWithTop => ({
  ...{ id: 1, token: text, logprob: -1, top: [] },
  ...more,
});
const delta = (choice: number, text: string, logprobs?: TokenWithTop[]) =>
  ({ type: 'delta', job: JOB, choice, text, ids: [1], logprobs }) as unknown as FollowedUpdate;
const finished = (choice: number, reason = 'stop') => ({ type: 'finished', choice, reason }) as FollowedUpdate;
const DONE = {
  type: 'done',
  plan: { mode: 'lan', reason: 'r', predicted: {} },
  stats: { route: [], totalMs: 5, timeToFirstTokenMs: 2 },
  usage: { promptTokens: 3, cachedTokens: 1, completionTokens: 2 },
  receiptId: JOB,
  chargedMicros: 5,
  timings: { queueMs: 1, totalMs: 4 },
} as unknown as Extract<FollowedUpdate, { type: 'done' }>;

function answered(more: Record<string, unknown>) {
  const prepared = prepare(more);
  return [prepared, { id: JOB, seed: prepared.order.request.seed }] as const;
}

async function chunksOf(more: Record<string, unknown>, updates: FollowedUpdate[]) {
  async function* tell(): AsyncGenerator<FollowedUpdate> {
    yield* updates;
  }
  // biome-ignore lint/suspicious/noExplicitAny: what a client would read
  const chunks: any[] = [];
  for await (const text of writeChunks(...answered(more), tell())) chunks.push(JSON.parse(text));
  return chunks;
}

describe('a stream', () => {
  test('opens every choice before its first text and holds the last end back for what is known then', async () => {
    const updates = [delta(1, 'b'), delta(0, ''), finished(1), delta(0, 'a'), finished(0, 'length'), DONE];
    const chunks = await chunksOf({ n: 2 }, updates);
    const [first, second] = chunks;
    expect([first, second].map(({ choices }) => [choices[0].index, choices[0].delta.role])).toEqual([
      [0, 'assistant'],
      [1, 'assistant'],
    ]);
    const rest = chunks.slice(2).map(({ choices: [one] }) => [one.index, one.delta.content, one.finish_reason]);
    expect(rest).toEqual([
      [1, 'b', null],
      [0, 'a', null],
      [1, undefined, 'stop'],
      [0, undefined, 'length'],
    ]);
    expect(chunks.map((chunk) => 'computepool' in chunk)).toEqual([false, false, false, false, false, true]);
    expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`))).toEqual(
      new Set([`chatcmpl-${JOB} chat.completion.chunk`]),
    );
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  test('with usage has null in every chunk but the last, which has no choice', async () => {
    const chunks = await chunksOf({ stream_options: { include_usage: true } }, [delta(0, 'a'), finished(0), DONE]);
    const last = chunks.pop();
    expect(chunks.every(({ usage, choices }) => usage === null && choices.length === 1)).toBe(true);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } });
    expect(last.computepool.job).toBe(JOB);
  });

  test('that ends without its end is an error, after all that was told', async () => {
    await expect(chunksOf({}, [delta(0, 'a'), finished(0)])).rejects.toMatchObject({ code: 'internal' });
    await expect(chunksOf({}, [])).rejects.toMatchObject({ code: 'internal' });
  });

  test('of a completion counts offsets on from chunk to chunk, by characters, each choice for itself', async () => {
    const updates = [
      delta(0, '😀a', [token('😀'), token('a')]),
      delta(1, 'xy', [token('xy')]),
      delta(0, 'b', [token('b')]),
      finished(0),
      finished(1),
      DONE,
    ];
    const chunks = await chunksOf({ prompt: 'p', n: 2, logprobs: 0 }, updates);
    const offsets = chunks.flatMap(({ choices: [one] }) =>
      one.logprobs ? [[one.index, one.logprobs.text_offset]] : [],
    );
    expect(offsets).toEqual([
      [0, [0, 1]],
      [1, [0]],
      [0, [2]],
    ]);
  });
});

describe('a whole answer', () => {
  const whole = (more: Record<string, unknown>, tokens: TokenWithTop[] = []) => {
    const choices = [{ text: 'text', tokens, reason: 'stop' as const }];
    return JSON.parse(JSON.stringify(writeWhole(...answered(more), { choices, done: DONE, plan: DONE.plan })));
  };

  test('names the model as it was asked for, and the seed that it had', () => {
    const answer = whole({ model: TEST_MODELS[1]?.pool, seed: 7 });
    expect(answer).toMatchObject({ object: 'chat.completion', model: TEST_MODELS[1]?.pool, computepool: { seed: 7 } });
    expect(answer.choices[0]).toEqual({
      index: 0,
      message: { role: 'assistant', content: 'text', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    });
  });

  test('gives bytes of a token where they can be told, and never makes them up', () => {
    const tokens = [token('é'), token('\uFFFD'), token('\uFFFD', { bytes: [0xc3] })];
    const { content } = whole({ logprobs: true }, tokens).choices[0].logprobs;
    expect(content.map(({ bytes }: { bytes: unknown }) => bytes)).toEqual([[0xc3, 0xa9], null, [0xc3]]);
  });

  test('of a completion has the token among its alternatives, whatever tokens are called', () => {
    const tokens = [token('__proto__', { top: [{ id: 2, token: 'constructor', logprob: -2 }] })];
    const text = JSON.stringify(whole({ prompt: 'p', logprobs: 1 }, tokens).choices[0].logprobs.top_logprobs);
    expect(text).toBe('[{"constructor":-2,"__proto__":-1}]');
  });
});

describe('a request', () => {
  const refusal = (more: Record<string, unknown>) => {
    try {
      prepare(more);
    } catch (error) {
      return error as { code: string; data?: { param?: string } };
    }
    throw new Error('it was taken');
  };
  const requestOf = (more: Record<string, unknown>): JobRequest => prepare(more).order.request;

  test('asks for no more than the model holds, unasked or asked', () => {
    expect(requestOf({}).maxTokens).toBe(1024);
    expect(requestOf({ prompt: 'p' }).maxTokens).toBe(16);
    expect(requestOf({ max_tokens: 5, max_completion_tokens: 6 }).maxTokens).toBe(6);
    expect(refusal({ max_tokens: 1025 }).data?.param).toBe('max_tokens');
    expect(refusal({ max_completion_tokens: 1025 }).data?.param).toBe('max_completion_tokens');
  });

  test('of more ids than the model holds is refused before anybody reads them', () => {
    const ids = (count: number) => Array.from({ length: count }, () => 1);
    expect(requestOf({ prompt: ids(1024) }).prompt).toMatchObject({ kind: 'ids' });
    expect(refusal({ prompt: ids(1025) })).toMatchObject({ code: 'context-exceeded', data: { param: 'prompt' } });
  });

  test.each([
    [
      'messages[1].content[0].text',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'user', content: [{ type: 'text' }] },
        ],
      },
    ],
    ['messages[0].role', { messages: [{ role: 'constructor', content: 'x' }] }],
    ['messages[0].refusal', { messages: [{ role: 'assistant', content: 'x', refusal: 'no' }] }],
    ['model', { model: 'nobody/nothing' }],
    ['prompt', { prompt: [[1], [2]] }],
    ['prompt', { prompt: [''] }],
  ])('is refused for %s', (param, more) => {
    expect(refusal(more).data?.param).toBe(param);
  });

  test('joins parts of a text and reads a developer as the system', () => {
    const content = ['a', '', 'b'].map((text) => ({ type: 'text', text }));
    const messages = [{ role: 'developer', content, tool_calls: [], audio: null }];
    expect(requestOf({ messages }).prompt).toEqual({ kind: 'chat', messages: [{ role: 'system', content: 'ab' }] });
  });

  /** What no tab would refuse to read: the order as it travels to the driver. */
  const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, 1]));
  const user = (content: string) => ({ role: 'user', content });
  test.each<[string, Record<string, unknown>]>([
    ['every number at its top', { temperature: 2, top_p: 1, top_k: 1000, n: 8, seed: 2 ** 63, max_tokens: 1024 }],
    ['every number at its bottom', { temperature: 0, top_p: 1e-9, top_k: 0, n: 1, seed: -(2 ** 63), max_tokens: 1 }],
    ['the longest stops', { stop: Array.from({ length: 16 }, () => '😀'.repeat(100)) }],
    ['the most messages', { messages: Array.from({ length: 512 }, () => user('')) }],
    ['the longest text', { messages: [user('x'.repeat(128 * 1024))] }],
    ['the longest completion', { prompt: 'x'.repeat(128 * 1024) }],
    ['the largest ids', { prompt: [0, 4_000_000] }],
    ['the most alternatives', { logprobs: true, top_logprobs: 20 }],
    ['the most names for the template', { chat_template_kwargs: names(32) }],
    ['them and an effort', { chat_template_kwargs: names(31), reasoning_effort: 'x'.repeat(40) }],
  ])('reaches the driver with %s', (_, more) => {
    const sent = JSON.parse(JSON.stringify(requestOf(more)));
    expect(jobRequestSchema.safeParse(sent).error?.issues).toBeUndefined();
  });

  test('with an effort that is one name too many for the template is refused here, and not by a driver', () => {
    const more = { chat_template_kwargs: names(32), reasoning_effort: 'low' };
    expect(refusal(more)).toMatchObject({ code: 'bad-request', data: { param: 'chat_template_kwargs' } });
    const own = { ...names(31), reasoning_effort: 'high' };
    const { prompt } = requestOf({ chat_template_kwargs: own, reasoning_effort: 'low' });
    expect(prompt).toMatchObject({ template: { reasoning_effort: 'high' } });
  });
});
