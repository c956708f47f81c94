import { expect, test } from 'vitest';
import { Conversation } from './conversation.ts';
import { IdleConversations } from './idle-conversations.ts';
import { makeRing, PROMPT, type TestRing, testOptions } from './test-ring.ts';

async function answered(ring: TestRing, prompt = PROMPT): Promise<Conversation> {
  const conversation = new Conversation(async () => ring.client);
  await conversation.generate(prompt, testOptions({ maxTokens: 4 }));
  return conversation;
}

test('the next turn finds the conversation that it goes on from, once, and its answer is that of a fresh one', async () => {
  const ring = makeRing([3]);
  const idle = new IdleConversations();
  const first = await answered(ring);
  idle.put('ann', first);
  const longer = [...PROMPT, 5, 6, 7];
  const found = idle.take('ann', ring.client, longer);
  expect(found).toBe(first);
  expect(idle.take('ann', ring.client, longer)).toBeUndefined();
  let cached = 0;
  const onCached = (tokens: number) => {
    cached = tokens;
  };
  const next = await found!.generate(longer, testOptions({ maxTokens: 8, onCached }));
  const fresh = await new Conversation(async () => makeRing([]).client).generate(longer, testOptions({ maxTokens: 8 }));
  expect([cached, next.ids]).toEqual([PROMPT.length, fresh.ids]);
});

test('nobody finds another’s conversation, one on another ring, or one that shares only its beginning', async () => {
  const [ring, other] = [makeRing([3]), makeRing([4], { epoch: 2 })];
  const idle = new IdleConversations();
  const long = [...PROMPT, ...PROMPT, ...PROMPT];
  idle.put('ann', await answered(ring, long));
  expect(idle.take('bob', ring.client, long)).toBeUndefined();
  expect(idle.take('ann', other.client, long)).toBeUndefined();
  expect(idle.take('ann', ring.client, [...PROMPT, 1, 2, 3])).toBeUndefined();
  expect(idle.take('ann', ring.client, PROMPT.slice(0, 8))).toBeUndefined();
  expect(idle.size).toBe(1);
});

test('of several the one that shares most', async () => {
  const ring = makeRing([3]);
  const idle = new IdleConversations();
  const [short, long] = [await answered(ring), await answered(ring, [...PROMPT, 9, 9, 9])];
  for (const conversation of [long, short]) idle.put('ann', conversation);
  expect(idle.take('ann', ring.client, [...PROMPT, 9, 9, 9, 1])).toBe(long);
});

test('the oldest give way to the ninth, all go after a while and with their ring, and their caches with them', async () => {
  const ring = makeRing([3]);
  let nowMs = 0;
  const idle = new IdleConversations(() => nowMs);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
  for (let count = 0; count < 9; count++) idle.put('ann', await answered(ring));
  await settle();
  expect([idle.size, ring.nodes[0]!.sessions]).toEqual([8, 8]);
  nowMs = 6 * 60_000;
  idle.put('ann', await answered(ring));
  await settle();
  expect([idle.size, ring.nodes[1]!.sessions]).toEqual([1, 1]);
  idle.releaseUnless(ring.client);
  expect(idle.size).toBe(1);
  idle.releaseUnless(undefined);
  await settle();
  expect([idle.size, ring.nodes[0]!.sessions]).toEqual([0, 0]);
});
