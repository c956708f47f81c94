import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { describe, expect, test, vi } from 'vitest';
import { OTHER_KEY, TEST_KEY, TEST_MODEL } from '../http/test-site.ts';
import { failure, fault, MESSAGES, OpenAiScene } from './test-scene.ts';

const RUNNING = 3;
const KEPT_MS = 400;
const scene = OpenAiScene.set({ runningOfOwner: RUNNING, keptMs: KEPT_MS });
const { jobs, post } = scene;

const BODY = { model: TEST_MODEL, messages: MESSAGES, max_tokens: 12, seed: 1 };
const STREAM = { ...BODY, stream: true };
const named = (key: string, more: Record<string, string> = {}) => ({ 'idempotency-key': key, ...more });
/** Reads until there are so many events, and hangs up. */
async function readSome(response: Response, events: number): Promise<string> {
  let text = '';
  const reader = response.body!.getReader();
  while (text.split('\n\n').length <= events) {
    const { done, value } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return text.split('\n\n').slice(0, events).join('\n\n').concat('\n\n');
}
const lastId = (events: string): string => /.*^id: (\S+)$/ms.exec(events)?.[1] ?? '';
const errorOf = async (response: Response): Promise<{ status: number; code: string; message: string }> => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
};

describe('an answer with a name', () => {
  test('is computed to its end when its caller hangs up, and given to who repeats it: one job, the same bytes', async () => {
    jobs.options = { tokenMs: 5 };
    const key = randomUUID();
    const first = await post(STREAM, named(key));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    await readSome(first, 3);
    const whole = await post(STREAM, named(key)).then((response) => response.text());
    await vi.waitFor(() => expect([...jobs.endings.values()]).toEqual(['done']));
    const again = await post(STREAM, named(key));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'));
    expect(await again.text()).toBe(whole);
    expect(whole).toMatch(/^id: [0-9a-f]{8}-0\ndata: \{.*data: \[DONE\]\n\n$/s);
    expect(jobs.orders).toHaveLength(1);
  });

  test('a repeat while it runs has the same stream from its start', async () => {
    jobs.options = { tokenMs: 10 };
    const key = randomUUID();
    const first = await post(STREAM, named(key));
    const reader = first.body!.getReader();
    let one = new TextDecoder().decode((await reader.read()).value);
    const second = await post(STREAM, named(key));
    expect(jobs.running).toBe(1);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      one += new TextDecoder().decode(next.value);
    }
    expect(await second.text()).toBe(one);
    expect(one).toMatch(/\[DONE\]\n\n$/);
    expect(jobs.orders).toHaveLength(1);
  });

  test('a whole answer whose caller gave up is there for the repeat', async () => {
    jobs.options = { tokenMs: 10 };
    const headers = named(randomUUID());
    const hangUp = new AbortController();
    const asked = scene.site.client.chat.completions.create(BODY, { headers, signal: hangUp.signal });
    asked.catch(() => {});
    await vi.waitFor(() => expect(jobs.running).toBe(1));
    hangUp.abort();
    const attached = await scene.site.client.chat.completions.create(BODY, { headers });
    expect(jobs.running).toBe(0);
    const kept = await scene.site.client.chat.completions.create(BODY, { headers }).withResponse();
    expect(kept.data).toEqual(attached);
    expect(kept.response.headers.get('x-computepool-cost')).toMatch(/^\d/);
    expect([...jobs.endings.values()]).toEqual(['done']);
    expect(jobs.orders).toHaveLength(1);
  });

  test('the official client sends its retries under the same name, and has one job of them', async () => {
    jobs.options = { tokenMs: 30 };
    const hasty = new OpenAI({ apiKey: TEST_KEY, baseURL: `${scene.site.url}/v1`, maxRetries: 5, timeout: 150 });
    const { choices } = await hasty.chat.completions.create(BODY, { headers: named(randomUUID()) });
    expect(choices[0]?.message.content).not.toBe('');
    expect(jobs.orders).toHaveLength(1);
  });

  test('the official client reads a stream with ids as one without', async () => {
    const read = async (headers: Record<string, string>): Promise<string> => {
      let text = '';
      const stream = await scene.site.client.chat.completions.create({ ...BODY, stream: true }, { headers });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    const plain = await read({});
    expect(plain).not.toBe('');
    expect(await read(named(randomUUID()))).toBe(plain);
  });

  test('Last-Event-ID: each beginning of a stream and what follows on it are the whole, byte for byte', async () => {
    const key = randomUUID();
    const whole = await post(STREAM, named(key)).then((each) => each.text());
    const events = whole.split('\n\n').length - 1;
    expect(events).toBeGreaterThan(5);
    for (let had = 1; had <= events; had += 1) {
      const begun = `${whole.split('\n\n').slice(0, had).join('\n\n')}\n\n`;
      const rest = await post(STREAM, named(key, { 'last-event-id': lastId(begun) }));
      expect(begun + (await rest.text())).toBe(whole);
    }
    expect(jobs.orders).toHaveLength(1);
  });

  test('five minutes after its end it is forgotten: the same name asks anew', async () => {
    const key = randomUUID();
    const first = (await post(BODY, named(key)).then((each) => each.json())) as { id: string };
    await vi.waitFor(async () => {
      const { id } = (await post(BODY, named(key)).then((each) => each.json())) as { id: string };
      expect(id).not.toBe(first.id);
    });
    expect(jobs.orders).toHaveLength(2);
  });

  test('a quote has no name', async () => {
    const headers = named(randomUUID());
    const quote = await post({ ...BODY, dry_run: true }, headers).then((each) => each.json());
    expect(quote).toMatchObject({ object: 'computepool.quote' });
    expect(await post(BODY, headers).then((each) => each.json())).toMatchObject({ object: 'chat.completion' });
  });
});

describe('what fails', () => {
  test('before its first token is asked anew under the same name', async () => {
    for (const body of [BODY, STREAM]) {
      const headers = named(randomUUID());
      jobs.faults.push(fault('no-stages', 'start'));
      expect(await post(body, headers).then(errorOf)).toMatchObject({ status: 503, code: 'no_stages' });
      const again = await post(body, headers);
      expect(again.status).toBe(200);
      expect(again.headers.get('idempotent-replayed')).toBeNull();
      await again.text();
    }
  });

  test('in the queue, when its headers have gone, is asked anew too', async () => {
    jobs.options = { queueMs: 100 };
    jobs.faults.push(fault('no-stages', 'queue'));
    const headers = named(randomUUID());
    expect(await post(STREAM, headers).then((each) => each.text())).toContain('"code":"no_stages"');
    jobs.options = {};
    expect(await post(STREAM, headers).then((each) => each.text())).toMatch(/\[DONE\]\n\n$/);
  });

  test('in the middle of a stream is told to who repeats it, as it was: what came of it was billed', async () => {
    const headers = named(randomUUID());
    jobs.faults.push(fault('lap-timeout', 2));
    const first = await post(STREAM, headers).then((each) => each.text());
    expect(first).toMatch(/\nevent: error\ndata: \{"error":\{[^\n]*\n\n$/);
    expect(await post(STREAM, headers).then((each) => each.text())).toBe(first);
    expect(jobs.orders).toHaveLength(1);
  });
});

describe('refused, with what to do', () => {
  test('another body under the same name, or the same at another route: 409, and no retry', async () => {
    const headers = named(randomUUID());
    await post(BODY, headers).then((each) => each.text());
    const other = await post({ ...BODY, seed: 2 }, headers);
    expect(other.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(other)).toMatchObject({
      ...{ status: 409, code: 'key_reused' },
      message: expect.stringMatching(/Send the request as it was, or take another Idempotency-Key/),
    });
    const prompt = { model: TEST_MODEL, prompt: 'Once', max_tokens: 2 };
    expect((await post(prompt, headers, '/completions')).status).toBe(409);
    const { code } = await failure(scene.site.client.chat.completions.create({ ...BODY, n: 2 }, { headers }));
    expect(code).toBe('key_reused');
    expect(jobs.orders).toHaveLength(1);
  });

  test('a place in a stream that is not known any more: 410, and nothing is computed', async () => {
    const key = randomUUID();
    const place = { 'last-event-id': '0123abcd-3' };
    expect(await post(STREAM, named(key, place)).then(errorOf)).toMatchObject({ status: 410, code: 'answer_gone' });
    expect(jobs.orders).toHaveLength(0);
    await post(STREAM, named(key)).then((each) => each.text());
    expect(await post(STREAM, named(key, place)).then(errorOf)).toMatchObject({ status: 410 });
  });

  test('a place that is none: without a name, of a whole answer, not told yet, of somebody’s making', async () => {
    const key = randomUUID();
    expect(await post(STREAM, { 'last-event-id': '0123abcd-3' }).then(errorOf)).toMatchObject({ status: 400 });
    const whole = await post(STREAM, named(key)).then((each) => each.text());
    const beyond = lastId(whole).replace(/\d+$/, '900');
    for (const place of [beyond, 'x', '-1', '0123abcd-99999999999']) {
      const response = await post(STREAM, named(key, { 'last-event-id': place }));
      expect(await errorOf(response)).toMatchObject({ status: 400, message: expect.stringContaining('Last-Event-ID') });
    }
    const json = named(randomUUID());
    await post(BODY, json).then((each) => each.text());
    expect((await post(BODY, { ...json, 'last-event-id': lastId(whole) })).status).toBe(400);
  });

  test.each(['', 'k'.repeat(201), 'k'.repeat(10_000)])('a name of another length than 1 to 200', async (key) => {
    expect(await post(BODY, named(key)).then(errorOf)).toMatchObject({
      status: 400,
      message: expect.stringContaining('idempotency-key'),
    });
    expect(jobs.orders).toHaveLength(0);
  });

  test('more answers with a name at once than one owner may have, and not of another owner', async () => {
    jobs.options = { tokenMs: 40 };
    const asked = Array.from({ length: RUNNING }, () => post(BODY, named(randomUUID())));
    await vi.waitFor(() => expect(jobs.running).toBe(RUNNING));
    const one = await post(BODY, named(randomUUID()));
    expect(one.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await errorOf(one)).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    const bob = { authorization: `Bearer ${OTHER_KEY}` };
    expect((await post(BODY, { ...bob, ...named(randomUUID()) })).status).toBe(200);
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  });
});

test('another owner with the same name and the same body has nothing of it: an answer of its own', async () => {
  const headers = named(randomUUID());
  const ann = await post(STREAM, headers).then((each) => each.text());
  const bob = await post(STREAM, { ...headers, authorization: `Bearer ${OTHER_KEY}` });
  expect(bob.headers.get('idempotent-replayed')).toBeNull();
  expect(lastId(await bob.text())).not.toBe(lastId(ann));
  const place = { 'last-event-id': lastId(ann), authorization: `Bearer ${OTHER_KEY}` };
  expect((await post(STREAM, { ...headers, ...place })).status).toBe(410);
  expect((await post(STREAM, { ...headers, authorization: 'Bearer cp_nobody' })).status).toBe(401);
  expect(jobs.orders.map(({ payer }) => payer)).toEqual(['account:ann', 'account:bob']);
});
