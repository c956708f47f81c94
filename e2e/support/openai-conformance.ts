// What an OpenAI-compatible endpoint must do, asked with the official client: cases that hold for any model, so that they run
// against the scripted service and against a network of real tabs alike. Throws node:assert's errors.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

export interface ConformanceContext {
  client: OpenAI;
  /** The repository's name, `owner/name`. */
  model: string;
}

export interface ConformanceCase {
  name: string;
  run(context: ConformanceContext): Promise<void>;
}

const MESSAGES = [{ role: 'user' as const, content: 'How do people share a model between their computers?' }];
const PROMPT = 'Once there was';

const words = (answer: OpenAI.Chat.ChatCompletion, index = 0): string => answer.choices[index]?.message.content ?? '';

async function chat(
  { client, model }: ConformanceContext,
  more: Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming> = {},
): Promise<OpenAI.Chat.ChatCompletion> {
  return client.chat.completions.create({ model, messages: MESSAGES, max_tokens: 12, seed: 7, ...more });
}

async function refused(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, `another error than the client's: ${error}`);
    return error;
  }
  return assert.fail('The request was not refused.');
}

export const OPENAI_CONFORMANCE: readonly ConformanceCase[] = [
  {
    name: 'models: the list has the model, and each name finds it',
    async run({ client, model }) {
      const { data } = await client.models.list();
      const found = data.find(({ id }) => id === model);
      assert.equal(found?.object, 'model');
      const one = await client.models.retrieve(model);
      assert.equal(one.id, model);
      const { pool } = (one as unknown as { computepool: { pool: string } }).computepool;
      assert.equal((await client.models.retrieve(pool)).id, pool);
    },
  },
  {
    name: 'chat: an answer with its usage',
    async run(context) {
      const answer = await chat(context);
      assert.equal(answer.object, 'chat.completion');
      assert.match(answer.id, /^chatcmpl-/);
      assert.equal(answer.model, context.model);
      assert.match(answer.system_fingerprint ?? '', /^fp_/);
      assert.equal(answer.choices.length, 1);
      assert.equal(answer.choices[0]?.message.role, 'assistant');
      assert.ok(words(answer).length > 0);
      assert.ok(['stop', 'length'].includes(answer.choices[0]?.finish_reason ?? ''));
      assertUsage(answer.usage, 12);
    },
  },
  {
    name: 'chat: the same seed gives the same text and fingerprint, greedy needs none',
    async run(context) {
      const first = await chat(context, { temperature: 1 });
      const second = await chat(context, { temperature: 1 });
      assert.equal(words(first), words(second));
      assert.equal(first.system_fingerprint, second.system_fingerprint);
      const greedy = { temperature: 0 };
      assert.equal(
        words(await chat(context, { ...greedy, seed: 1 })),
        words(await chat(context, { ...greedy, seed: 2 })),
      );
    },
  },
  {
    name: 'chat: max_completion_tokens ends with length, and counts',
    async run(context) {
      const answer = await chat(context, { max_tokens: null, max_completion_tokens: 2, temperature: 0 });
      assert.equal(answer.usage?.completion_tokens, 2);
      assert.equal(answer.choices[0]?.finish_reason, 'length');
    },
  },
  {
    name: 'chat: developer role and text parts say the same as system and text',
    async run(context) {
      const plain = await chat(context, {
        temperature: 0,
        messages: [{ role: 'system', content: 'Be brief.' }, ...MESSAGES],
      });
      const parts = await chat(context, {
        temperature: 0,
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: MESSAGES.map(({ content: text }) => ({ type: 'text' as const, text })) },
        ],
      });
      assert.equal(words(plain), words(parts));
    },
  },
  {
    name: 'chat: a stop string cuts the text before it',
    async run(context) {
      const whole = words(await chat(context, { temperature: 0 }));
      const stop = whole.slice(Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 4);
      assert.ok(stop.length > 0, `the answer is too short to cut: '${whole}'`);
      for (const given of [stop, ['\u0001never', stop]]) {
        const answer = await chat(context, { temperature: 0, stop: given });
        assert.equal(words(answer), whole.slice(0, whole.indexOf(stop)));
        assert.equal(answer.choices[0]?.finish_reason, 'stop');
      }
    },
  },
  {
    name: 'chat: n answers; choice i is what seed + i alone gives',
    async run(context) {
      const three = await chat(context, { n: 3, temperature: 1 });
      assert.deepEqual(
        three.choices.map(({ index }) => index),
        [0, 1, 2],
      );
      assert.ok(new Set(three.choices.map(({ message }) => message.content)).size > 1, 'all choices are the same');
      assert.equal(words(three, 2), words(await chat(context, { seed: 9, temperature: 1 })));
      assertUsage(three.usage, 36);
    },
  },
  {
    name: 'chat: log-probabilities are those of the tokens, sorted, and no sum is above one',
    async run(context) {
      const answer = await chat(context, { logprobs: true, top_logprobs: 3, temperature: 0 });
      const tokens = answer.choices[0]?.logprobs?.content ?? [];
      assert.ok(tokens.length > 0);
      assert.ok(tokens.length <= (answer.usage?.completion_tokens ?? 0));
      for (const { token, logprob, top_logprobs } of tokens) {
        assert.ok(logprob <= 0);
        assert.equal(top_logprobs.length, 3);
        const values = top_logprobs.map((each) => each.logprob);
        assert.deepEqual(
          values,
          values.toSorted((a, b) => b - a),
        );
        assert.ok(values.reduce((sum, value) => sum + Math.exp(value), 0) <= 1.000001);
        assert.equal(top_logprobs[0]?.token, token, 'a greedy token is the likeliest');
      }
      const bytes = tokens.flatMap((each) => each.bytes ?? []);
      assert.ok(Buffer.from(bytes).toString().startsWith(words(answer)), 'the tokens spell the text');
      assert.equal((await chat(context)).choices[0]?.logprobs, null);
    },
  },
  {
    name: 'chat: a stream gives the same text, role first, one finish, usage last',
    async run(context) {
      const { client, model } = context;
      const whole = await chat(context, { temperature: 1 });
      const stream = await client.chat.completions.create({
        model,
        messages: MESSAGES,
        max_tokens: 12,
        seed: 7,
        temperature: 1,
        stream: true,
        stream_options: { include_usage: true },
      });
      const chunks: OpenAI.Chat.ChatCompletionChunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), words(whole));
      const reasons = chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? []);
      assert.deepEqual(reasons, [whole.choices[0]?.finish_reason]);
      const last = chunks.at(-1);
      assert.deepEqual(last?.choices, []);
      assert.equal(last?.usage?.completion_tokens, whole.usage?.completion_tokens);
      assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
      assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
      assert.equal((last as unknown as { computepool: { seed: number } }).computepool.seed, 7);
    },
  },
  {
    name: 'chat: the client that gathers a stream gathers two choices',
    async run({ client, model }) {
      const gathered = await client.chat.completions
        .stream({ model, messages: MESSAGES, max_tokens: 6, seed: 3, temperature: 1, n: 2, logprobs: true })
        .finalChatCompletion();
      assert.equal(gathered.choices.length, 2);
      for (const { message, logprobs } of gathered.choices) {
        assert.ok((message.content ?? '').length > 0);
        assert.ok((logprobs?.content ?? []).length > 0);
      }
    },
  },
  {
    name: 'chat: hanging up mid-stream ends it, and the next request is served',
    async run(context) {
      const { client, model } = context;
      const stream = await client.chat.completions.create({
        model,
        messages: MESSAGES,
        max_tokens: 200,
        stream: true,
      });
      let seen = 0;
      for await (const chunk of stream) {
        seen += chunk.choices.length;
        if (seen >= 2) stream.controller.abort();
      }
      assert.ok(seen >= 2);
      assert.ok(words(await chat(context)).length > 0);
    },
  },
  {
    name: 'completions: text goes on, streamed and whole the same, with parallel lists of log-probabilities',
    async run({ client, model }) {
      const body = { model, prompt: PROMPT, max_tokens: 8, temperature: 0, logprobs: 2 };
      const whole = await client.completions.create(body);
      assert.equal(whole.object, 'text_completion');
      const { text, logprobs, finish_reason } = whole.choices[0] ?? assert.fail('no choice');
      assert.ok(text.length > 0);
      assertUsage(whole.usage, 8);
      const lists = [logprobs?.tokens, logprobs?.token_logprobs, logprobs?.top_logprobs, logprobs?.text_offset];
      const length = logprobs?.tokens?.length ?? 0;
      assert.ok(length > 0 && lists.every((list) => list?.length === length));
      assert.equal(logprobs?.text_offset?.[0], 0);
      const chunks: OpenAI.Completion[] = [];
      for await (const chunk of await client.completions.create({ ...body, stream: true })) chunks.push(chunk);
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? '').join(''), text);
      assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, finish_reason);
      const offsets = chunks.flatMap((chunk) => chunk.choices[0]?.logprobs?.text_offset ?? []);
      assert.deepEqual(offsets, logprobs?.text_offset);
    },
  },
  {
    name: 'answers say how they were routed, and the job can be read afterwards',
    async run({ client, model }) {
      const { data, response, request_id } = await client.chat.completions
        .create({ model, messages: MESSAGES, max_tokens: 4 })
        .withResponse();
      assert.match(request_id ?? '', /^[0-9a-f]{32}$/);
      assert.equal(data.id, `chatcmpl-${request_id}`);
      for (const name of ['mode', 'route', 'receipt', 'predicted', 'outcome', 'drafted', 'accepted']) {
        assert.ok(response.headers.get(`x-computepool-${name}`), `no header x-computepool-${name}`);
      }
      assert.match(response.headers.get('server-timing') ?? '', /queue;dur=.*ttft;dur=.*ring;dur=.*http;dur=/);
      const job = await client.get<{ id: string; outcome: unknown }>(`/computepool/jobs/${request_id}`);
      assert.equal(job.id, request_id);
      assert.ok(job.outcome);
    },
  },
  {
    name: 'a quote costs nothing and says the most that it could cost',
    async run({ client, model }) {
      const body = { model, messages: MESSAGES, max_tokens: 10, dry_run: true };
      const quote = await client.post<{ object: string; max_micros: number }>('/chat/completions', { body });
      assert.equal(quote.object, 'computepool.quote');
      assert.ok(quote.max_micros > 0);
    },
  },
  {
    name: 'what is not done is refused by name, what is wrong too',
    async run(context) {
      const tools = [{ type: 'function' as const, function: { name: 'look' } }];
      const cases: [Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>, string, string | null][] = [
        [{ tools }, 'tools', 'unsupported_parameter'],
        [{ response_format: { type: 'json_object' } }, 'response_format', 'unsupported_parameter'],
        [{ logit_bias: { '5': 1 } }, 'logit_bias', 'unsupported_parameter'],
        [{ presence_penalty: 0.5 }, 'presence_penalty', 'unsupported_parameter'],
        [{ temperature: 3 }, 'temperature', null],
        [{ n: 99 }, 'n', null],
        [{ messages: [{ role: 'user', content: 5 as never }] }, 'messages[0].content', null],
        [{ model: 'nobody/nothing' }, 'model', 'model_not_found'],
      ];
      for (const [more, param, code] of cases) {
        const error = await refused(chat(context, more));
        assert.equal(error.param, param);
        assert.equal(error.code, code);
        assert.equal(error.type, 'invalid_request_error');
        assert.ok(error instanceof (code === 'model_not_found' ? OpenAI.NotFoundError : OpenAI.BadRequestError));
      }
    },
  },
  {
    name: 'fields that change nothing are taken',
    async run(context) {
      const answer = await chat(context, {
        user: 'u',
        metadata: { a: 'b' },
        store: false,
        service_tier: 'auto',
        presence_penalty: 0,
        response_format: { type: 'text' },
        logit_bias: {},
        stop: null,
      });
      assert.ok(words(answer).length > 0);
    },
  },
  {
    name: 'a wrong key is an AuthenticationError',
    async run(context) {
      const stranger = context.client.withOptions({ apiKey: 'cp_wrong' });
      const error = await refused(chat({ ...context, client: stranger }));
      assert.ok(error instanceof OpenAI.AuthenticationError);
      assert.equal(error.code, 'invalid_api_key');
    },
  },
];

function assertUsage(usage: OpenAI.CompletionUsage | undefined, mostCompletion: number): void {
  assert.ok(usage);
  assert.ok(usage.prompt_tokens > 0);
  assert.ok(usage.completion_tokens > 0 && usage.completion_tokens <= mostCompletion);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  const cached = usage.prompt_tokens_details?.cached_tokens ?? -1;
  assert.ok(cached >= 0 && cached <= usage.prompt_tokens);
}
