import { afterEach, expect, test, vi } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import { paidAsker } from './ask-paid.ts';
import { failureResponse, fakeFetch, TEST_POOL } from './test-paid.ts';

afterEach(() => vi.unstubAllGlobals());

const seat = {
  peer: '1'.repeat(32),
  start: 0,
  end: 2,
  backend: 'webgpu',
  device: 'a GPU',
  totalBytes: 7,
  loadedBytes: 7,
  ready: true,
};
const coalition = { pool: TEST_POOL, epoch: 1, state: 'ready', seats: [seat] } as unknown as Coalition;
const asker = paidAsker({ key: 'cps_mine', pool: TEST_POOL, coalition: () => coalition });
const REQUEST = {
  messages: [{ role: 'user' as const, content: 'Hello?' }],
  maxTokens: 20,
  topK: 3,
  mode: 'auto' as const,
};

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }], usage: null })}\n\n`;
const LAST = `data: ${JSON.stringify({
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens: 3 },
  computepool: {
    ...{
      job: 'j1',
      mode: 'lan',
      reason: 'It is near.',
      charged_usdc: '0.00018',
      laps: 2,
      lap_ms: 4,
      return_ms: 1,
      draft_ms: 0,
    },
    predicted: { tokensPerSecond: 9, timeToFirstTokenMs: 90 },
    outcome: { tokensPerSecond: 10, timeToFirstTokenMs: 100 },
    route: [{ stage: 0, start: 0, end: 2, batch: 1, hopMs: 1, queueMs: 0, uploadMs: 0, computeMs: 2, readbackMs: 1 }],
    ...{ drafter: 'ngram', drafted: 2, accepted: 1, codec: 'exact' },
  },
})}\n\ndata: [DONE]\n\n`;

function answering(...answers: (Response | Error)[]) {
  const { call, asked } = fakeFetch(...answers);
  vi.stubGlobal('fetch', call);
  return asked;
}

test('an answer comes as it is written, with its route, its figures and what it cost', async () => {
  const asked = answering(new Response(`${chunk('Hel')}${chunk('lo.')}${chunk('', 'stop')}${LAST}`));
  const heard: string[] = [];
  const answer = await asker.ask(REQUEST, { onText: (delta) => heard.push(delta) });
  expect(heard).toEqual(['Hel', 'lo.']);
  expect(answer).toMatchObject({
    text: 'Hello.',
    finishReason: 'stop',
    tokenIds: [],
    plan: { mode: 'lan', stages: 1 },
  });
  expect(answer.settlement).toMatchObject({ usdc: '0.00018', chargedMicros: 0 });
  expect(answer.stats).toMatchObject({ promptTokens: 5, tokens: 3, tokensPerSecond: 10, drafted: 2, accepted: 1 });
  expect(answer.stats.route[0]).toMatchObject({ backend: 'webgpu', device: 'a GPU', totalBytes: 7, computeMs: 2 });
  const body = JSON.parse(String(asked[0]!.init.body));
  expect(body).toMatchObject({ model: TEST_POOL, stream: true, max_tokens: 20, top_k: 3, messages: REQUEST.messages });
  expect(body.mode).toBeUndefined();
  expect(asked[0]!.init.headers).toMatchObject({ Authorization: 'Bearer cps_mine' });
});

test('a deposit that is used up is said with the text so far, whether before or within the answer', async () => {
  answering(failureResponse(402, 'deposit_spent'));
  await expect(asker.ask(REQUEST)).rejects.toMatchObject({ code: 'deposit-spent' });
  const error = `event: error\ndata: ${JSON.stringify({ error: { message: 'Spent.', code: 'deposit_spent' } })}\n\n`;
  answering(new Response(`${chunk('So far')}${error}`));
  const heard: string[] = [];
  await expect(asker.ask(REQUEST, { onText: (delta) => heard.push(delta) })).rejects.toMatchObject({
    ...{ code: 'deposit-spent', message: 'Spent.' },
  });
  expect(heard).toEqual(['So far']);
});

test('a connection that ends early is no answer that stopped', async () => {
  answering(new Response(chunk('Half')), new TypeError('Failed to fetch'));
  await expect(asker.ask(REQUEST)).rejects.toMatchObject({ code: 'link-failed' });
  await expect(asker.ask(REQUEST)).rejects.toMatchObject({ code: 'link-failed' });
});

test('who stops it has stopped it', async () => {
  const controller = new AbortController();
  controller.abort();
  answering(new DOMException('aborted', 'AbortError') as Error);
  await expect(asker.ask(REQUEST, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
});
