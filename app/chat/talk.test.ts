// A conversation and its peer, without a page: what is kept, what an answer does whose conversation is not shown any more.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { contextExceeded } from '../../protocol/context-exceeded.ts';
import type { Answer, AskHandlers, AskRequest, ChatPeer } from '../../shard-worker/index.ts';
import type { KeptTalk } from './kept-talks.ts';
import { Talk } from './talk.ts';

const kept = new Map<string, KeptTalk>();
const remembered: (string | undefined)[] = [];
let talk: Talk;
let asked: {
  request: AskRequest;
  handlers: AskHandlers;
  end: (answer: Partial<Answer>) => void;
  fail(e: unknown): void;
}[];
const peer = {
  ask: (request: AskRequest, handlers: AskHandlers) =>
    new Promise<Answer>((resolve, reject) => {
      handlers.signal?.addEventListener('abort', () => resolve(answer('', 'cancelled')));
      asked.push({ request, handlers, end: (fields) => resolve({ ...answer('', 'stop'), ...fields }), fail: reject });
    }),
} as unknown as ChatPeer;
const answer = (text: string, finishReason: Answer['finishReason']): Answer =>
  ({ text, finishReason, tokenIds: [7, 8], stats: {}, plan: {} }) as unknown as Answer;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  kept.clear();
  remembered.length = 0;
  asked = [];
  let made = 0;
  vi.stubGlobal('window', {});
  talk = new Talk({
    keep: async (each) => void kept.set(each.id, structuredClone(each)),
    remember: (id) => remembered.push(id),
    newId: () => `talk-${made++}`,
  });
});

afterEach(() => void vi.unstubAllGlobals());

test('what is asked and answered is kept under one name, and found by the next page', async () => {
  talk.ask(peer, 'Hello?', {});
  asked[0]!.handlers.onText?.('Hi');
  asked[0]!.end({ text: 'Hi there' });
  await settle();
  expect(kept.get('talk-0')).toMatchObject({ title: 'Hello?', turns: [{ text: 'Hello?' }, { text: 'Hi there' }] });
  expect(remembered).toEqual(['talk-0']);
});

test('nothing of a private one is kept or remembered', async () => {
  talk.clear(true);
  talk.ask(peer, 'A secret', {});
  asked[0]!.end({ text: 'Kept by nobody' });
  await settle();
  talk.clear();
  await settle();
  expect(kept.size).toBe(0);
  expect(remembered.filter(Boolean)).toEqual([]);
});

test('an answer that is stopped, or ends at its limit, is gone on with from its tokens', async () => {
  talk.ask(peer, 'Count', {});
  asked[0]!.end({ text: 'one two', finishReason: 'length' });
  await settle();
  const [, first] = talk.state.get().turns;
  talk.retry(peer, first!.id, { maxTokens: 5 });
  expect(asked[1]!.request).toEqual({ messages: [{ role: 'user', content: 'Count' }], maxTokens: 5, resume: [7, 8] });
  expect(talk.state.get().turns[1]).toMatchObject({ text: 'one two', status: 'streaming' });
});

test('another answer to the same question begins from nothing', async () => {
  talk.ask(peer, 'Count', {});
  asked[0]!.end({ text: 'one', finishReason: 'length' });
  await settle();
  talk.regenerate(peer, talk.state.get().turns[1]!.id, {});
  expect(asked[1]!.request).toEqual({ messages: [{ role: 'user', content: 'Count' }] });
  expect(talk.state.get().turns[1]).toMatchObject({ text: '', status: 'streaming' });
});

test('a question that is edited begins a conversation of its own; the old one stays', async () => {
  for (const question of ['First', 'Second']) {
    talk.ask(peer, question, {});
    asked.at(-1)!.end({ text: `To ${question}` });
    await settle();
  }
  talk.branch(talk.state.get().turns[2]!.id);
  expect(talk.state.get().turns.map(({ text }) => text)).toEqual(['First', 'To First']);
  talk.ask(peer, 'Other', {});
  asked.at(-1)!.end({ text: 'To Other' });
  await settle();
  expect([...kept.values()].map(({ turns }) => turns.map(({ text }) => text).join())).toEqual([
    'First,To First,Second,To Second',
    'First,To First,Other,To Other',
  ]);
});

test('what comes for a conversation that was left is not the new one’s', async () => {
  talk.ask(peer, 'Old', {});
  talk.clear();
  asked[0]!.end({ text: 'Late' });
  await settle();
  expect(talk.state.get().turns).toEqual([]);
  expect(kept.get('talk-0')!.turns.at(-1)).toMatchObject({ text: '' });
});

test('one that is deleted is not written down again', async () => {
  talk.ask(peer, 'Hello?', {});
  await settle();
  kept.clear();
  talk.forget();
  await settle();
  expect([kept.size, talk.state.get().turns.length]).toEqual([0, 0]);
});

test('an answer that ran when the page was closed goes on in its own conversation', async () => {
  talk.ask(peer, 'Hello?', {});
  asked[0]!.handlers.onText?.('Hi');
  await new Promise((resolve) => setTimeout(resolve, 60));
  talk.clear();
  await settle();
  talk.open(kept.get('talk-0')!);
  expect(talk.state.get().turns[1]).toMatchObject({ text: 'Hi', status: 'cancelled' });
  const request = { messages: [{ role: 'user' as const, content: 'Hello?' }] };
  talk.reopen(peer, { request, text: 'Hi the' });
  expect(talk.state.get().turns[1]).toMatchObject({ text: 'Hi the', status: 'streaming' });
  expect([talk.goOn(), talk.goOn()]).toEqual([true, false]);
  asked[1]!.end({ text: 'Hi there' });
  await settle();
  expect(kept.get('talk-0')!.turns).toMatchObject([{ text: 'Hello?' }, { text: 'Hi there', status: 'done' }]);
});

test('one of another conversation is shown in a new one', () => {
  talk.ask(peer, 'Something else', {});
  asked[0]!.fail(new Error('away'));
  talk.reopen(peer, { request: { messages: [{ role: 'user', content: 'Hello?' }] }, text: 'Hi' });
  expect(talk.state.get()).toMatchObject({ id: 'talk-1', turns: [{ text: 'Hello?' }, { text: 'Hi' }] });
});

test('the oldest messages are left out until the others have room, and that is said', async () => {
  for (const question of ['One', 'Two']) {
    talk.ask(peer, question, {});
    asked.at(-1)!.end({ text: `To ${question}` });
    await settle();
  }
  const tooLong = contextExceeded(20, 21);
  talk.ask(peer, 'Three', {});
  for (let tries = 0; tries < 2; tries++) {
    asked.at(-1)!.fail(tooLong);
    await settle();
  }
  expect(asked.at(-1)!.request.messages).toEqual([{ role: 'user', content: 'Three' }]);
  asked.at(-1)!.end({ text: 'To Three' });
  await settle();
  expect(talk.state.get().turns.at(-1)).toMatchObject({ text: 'To Three', leftOut: 4 });
  // A question that has no room by itself is told as such.
  talk.ask(peer, 'Far too long', {});
  for (let tries = 0; tries < 4; tries++) {
    asked.at(-1)!.fail(tooLong);
    await settle();
  }
  expect(talk.state.get().turns.at(-1)).toMatchObject({ status: 'error', error: { code: 'context-exceeded' } });
});

test('instructions come before everything that is said, and are no turn', async () => {
  talk.ask(peer, 'Hello?', { instructions: 'Be brief.', maxTokens: 3 });
  expect(asked[0]!.request).toEqual({
    maxTokens: 3,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello?' },
    ],
  });
  expect(talk.state.get().turns.map(({ role }) => role)).toEqual(['user', 'assistant']);
});
