// Answers for the person of a tab: one conversation over many turns, over whichever epoch serves.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkDelivery, type DeliveryNote } from '../../protocol/delivery.ts';
import type { Grant } from '../../protocol/grant.ts';
import { POOL } from '../driver/test-grant.ts';
import type { ChatMessage } from '../words/peer-state.ts';
import { EPOCH, jobId, startTestDriver, type TestDriver } from './test-driver.ts';
import type { Driven, DriveRequest } from './worker-api.ts';

/** How long each step of a stage takes. */
let stepMs = 1;
let driver: TestDriver;
beforeAll(async () => {
  driver = await startTestDriver(() => new Promise((resolve) => setTimeout(resolve, stepMs)));
});
afterAll(() => driver.close());

const QUESTION: ChatMessage = { role: 'user', content: 'What is a coalition?' };
let asks = 0;

/** `granted`: what its grant says beside the length of its prompt. */
async function drive(
  messages: ChatMessage[],
  { granted, ...fields }: Partial<DriveRequest> & { granted?: Partial<Grant> } = {},
): Promise<Driven> {
  const id = ++asks;
  const { prompt } = await driver.host.encodePrompt(messages);
  const promptTokens = prompt.length + (fields.request?.resume?.length ?? 0);
  return driver.host.drive({
    id,
    request: { messages, temperature: 0.7, seed: 3, maxTokens: 20 },
    prompt,
    plan: { local: false, drafter: 'ngram' },
    grant: driver.seal({ job: jobId(id), promptTokens, ...granted }),
    ...fields,
  });
}

/** What the driver signed, as the server would take it. */
const noteOf = ({ delivery }: Driven): Promise<DeliveryNote> => checkDelivery(delivery!);

test('an answer with its text, statistics and a note of what was delivered; the next turn computes what is new', async () => {
  const promptTokens = (await driver.host.encodePrompt([QUESTION])).prompt.length;
  const first = await drive([QUESTION]);
  expect(first).toMatchObject({ promptTokens, cachedTokens: 0, completionTokens: first.answer!.tokenIds.length });
  expect(first.stats).toMatchObject({ epoch: EPOCH, route: [{ stage: 0 }, { stage: 1 }] });
  expect(await noteOf(first)).toEqual({
    server: expect.stringMatching(/^[0-9a-f]{32}$/),
    ...{ job: jobId(asks), nonce: 'b'.repeat(32), pool: POOL, peer: driver.self, promptTokens, cachedTokens: 0 },
    delivered: [{ epoch: EPOCH, tokens: 20 }],
  });
  const told = driver.told.flatMap(({ event, data }) => (event === 'text' && data.id === asks ? [data.delta] : []));
  expect(told.join('')).toBe(first.answer!.text);
  const next = await drive([QUESTION, { role: 'assistant', content: first.answer!.text }, QUESTION]);
  expect(next.cachedTokens).toBeGreaterThanOrEqual(promptTokens - 1);
  const { promptTokens: longer, cachedTokens } = next;
  expect(await noteOf(next)).toMatchObject({ job: jobId(asks), promptTokens: longer, cachedTokens });
});

test('one answer at a time, and it can be cancelled', async () => {
  const from = driver.told.length;
  const running = drive([QUESTION], { request: { messages: [QUESTION], maxTokens: 900, temperature: 0.7, seed: 1 } });
  const id = asks;
  await expect(drive([QUESTION])).rejects.toMatchObject({ code: 'rate-limited' });
  await vi.waitFor(() => expect(driver.told.slice(from).some(({ event }) => event === 'text')).toBe(true));
  driver.host.cancel(id);
  const cancelled = await running;
  expect(cancelled.answer!.finishReason).toBe('cancelled');
  const tokens = cancelled.answer!.tokenIds.length;
  expect((await noteOf(cancelled)).delivered).toEqual([{ epoch: EPOCH, tokens }]);
});

test('a failure comes with a note of what was delivered, so that it can be settled; a grant that is none has nothing to sign', async () => {
  const refused = await drive([QUESTION], { grant: 'x' });
  expect(refused).toMatchObject({ error: { code: 'grant-refused' }, completionTokens: 0 });
  expect(refused.answer).toBeUndefined();
  expect(refused).not.toHaveProperty('delivery');
  const short = await drive([QUESTION, QUESTION], { granted: { maxPosition: 30 } });
  expect(short.error?.code).toBe('grant-refused');
  const { promptTokens, completionTokens: tokens } = short;
  expect(tokens).toBeGreaterThan(0);
  expect(await noteOf(short)).toMatchObject({ job: jobId(asks), promptTokens, delivered: [{ epoch: EPOCH, tokens }] });
});

test('D3: an answer that was cut goes on after what was delivered, and claims the rest alone', async () => {
  const whole = await drive([QUESTION]);
  const { promptTokens } = whole;
  const { tokenIds, text } = whole.answer!;
  // Its grant ends in the midst of it.
  const granted = { maxPosition: promptTokens + 7 };
  const cut = await drive([QUESTION], { granted, plan: { local: false, drafter: 'none' } });
  expect(cut.error?.code).toBe('grant-refused');
  const { cut: received = [] } = cut;
  expect(received.length).toBeGreaterThan(3);
  expect(received).toEqual(tokenIds.slice(0, received.length));
  const from = driver.told.length;
  const rest = await drive([QUESTION], {
    request: { messages: [QUESTION], temperature: 0.7, seed: 3, maxTokens: 20, resume: received },
  });
  expect(rest.answer).toMatchObject({ tokenIds, text, finishReason: whole.answer!.finishReason });
  // What it pays for: nothing of what was delivered before.
  const paid = promptTokens + received.length;
  expect(rest).toMatchObject({ promptTokens: paid, cachedTokens: paid });
  expect(rest.completionTokens).toBe(tokenIds.length - received.length);
  expect((await noteOf(rest)).delivered).toEqual([{ epoch: EPOCH, tokens: rest.completionTokens }]);
  const told = driver.told
    .slice(from)
    .flatMap(({ event, data }) => (event === 'text' && data.id === asks ? [data.delta] : []));
  expect(text.endsWith(told.join(''))).toBe(true);
  expect(told.join('').length).toBeLessThan(text.length);
});

test('an epoch that ends is followed by the next one, with the same grant; the note has both, each with its tokens', async () => {
  const whole = await drive([QUESTION]);
  const from = driver.told.length;
  // Slow enough to be interrupted in the middle.
  stepMs = 60;
  const running = drive([QUESTION], { plan: { local: false, drafter: 'none' } });
  await vi.waitFor(() => expect(driver.told.slice(from).some(({ event }) => event === 'text')).toBe(true), {
    timeout: 60_000,
    interval: 5,
  });
  stepMs = 1;
  for (const hop of driver.loops.rings[0]!.hops) hop.close();
  driver.serve(EPOCH + 1);
  const both = await running;
  expect(both.answer!.tokenIds).toEqual(whole.answer!.tokenIds);
  const { delivered } = await noteOf(both);
  expect(delivered.map(({ epoch }) => epoch)).toEqual([EPOCH, EPOCH + 1]);
  expect(Math.min(...delivered.map(({ tokens }) => tokens))).toBeGreaterThan(0);
  expect(delivered.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(both.completionTokens);
});

test('a plan for this tab alone is an error while the model is not here', async () => {
  const alone = await drive([QUESTION], { plan: { local: true, drafter: 'none' } });
  expect(alone.error?.code).toBe('internal');
});
