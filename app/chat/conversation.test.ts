import { describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Answer, AnswerStats } from '../../shard-worker/index.ts';
import {
  type AnswerTurn,
  announceTurns,
  applyConversation,
  type ConversationEvent,
  requestMessages,
  type Turn,
  withoutOldest,
} from './conversation.ts';
import { streamingTurn } from './talk-state.ts';

const stats: AnswerStats = {
  route: [],
  returnHopMs: 0,
  lapMs: 0,
  draftMs: 0,
  promptTokens: 3,
  tokens: 2,
  tokensPerSecond: 1,
  timeToFirstTokenMs: 1,
  laps: 33,
  lapTokens: 33,
  drafted: 0,
  accepted: 0,
  drafter: 'none',
};
const plan: RoutePlan = {
  mode: 'lan',
  driver: 'here',
  local: false,
  drafter: 'none',
  stages: 2,
  reason: 'Two tabs hold it.',
  predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 90 },
  rejected: [],
};
const answer: Answer = { text: 'Hello.', tokenIds: [1, 2], finishReason: 'stop', stats, plan };
const settlement = { job: 'a', chargedMicros: 12, receiptId: 'r-1' };
const asked: ConversationEvent = { type: 'question-asked', questionId: 1, answerId: 2, text: 'Hi' };
const play = (...events: ConversationEvent[]) => events.reduce<readonly Turn[]>(applyConversation, []);
const last = (turns: readonly Turn[]) => turns.at(-1) as AnswerTurn;

describe('an answer', () => {
  test('streams, then becomes what the peer vouches for', () => {
    const streaming = play(asked, { type: 'text-received', id: 2, delta: 'Hel' });
    expect(last(streaming)).toMatchObject({ status: 'streaming', text: 'Hel' });
    const done = applyConversation(streaming, { type: 'answer-finished', id: 2, answer });
    expect(last(done)).toMatchObject({ status: 'done', text: 'Hello.', stats, finishReason: 'stop' });
    expect(streamingTurn(done)).toBeUndefined();
  });

  test('that failed keeps the question and says the next step', () => {
    const error = new PoolError('stage-left', 'A tab left.');
    const turns = play(asked, { type: 'answer-failed', id: 2, error });
    expect(turns[0]).toMatchObject({ role: 'user', text: 'Hi' });
    expect(last(turns)).toMatchObject({ status: 'error', error: { code: 'stage-left', next: error.next } });
  });

  test.each([
    { type: 'answer-failed', id: 2, error: new PoolError('cancelled', 'Stopped.') },
    { type: 'answer-finished', id: 2, answer: { ...answer, finishReason: 'cancelled' } },
  ] as ConversationEvent[])('that was stopped is no error', (event) => {
    expect(last(play(asked, event))).toMatchObject({ status: 'cancelled' });
  });

  test('that ended takes no late text', () => {
    const turns = play(
      asked,
      { type: 'answer-finished', id: 2, answer },
      { type: 'text-received', id: 2, delta: ' late' },
      { type: 'answer-failed', id: 2, error: new Error('late') },
    );
    expect(last(turns)).toMatchObject({ status: 'done', text: 'Hello.' });
  });

  test('shows a notice while it waits and drops it at the end', () => {
    const waiting = play(asked, { type: 'notice-received', id: 2, notice: { kind: 'held' } });
    expect(announceTurns(waiting)).toMatch(/^The server is away\./);
    expect(last(applyConversation(waiting, { type: 'answer-finished', id: 2, answer })).notice).toBeUndefined();
  });

  test('shows its place while it waits and forgets it once it has a route', () => {
    const queue = { place: 2, waiting: 5, reason: 'Two answers run.' };
    const waiting = play(asked, { type: 'queue-received', id: 2, queue });
    expect(last(waiting).queue).toEqual(queue);
    expect(announceTurns(waiting)).toBe('2nd of 5 in the queue.');
    const routed = applyConversation(waiting, { type: 'plan-received', id: 2, plan });
    expect(last(routed)).toMatchObject({ plan, queue: undefined });
    const failed = applyConversation(waiting, {
      type: 'answer-failed',
      id: 2,
      error: new PoolError('queue-full', 'x'),
    });
    expect(last(failed).queue).toBeUndefined();
  });

  test('D4: has the bill of its own question, whenever it comes and however it ended', () => {
    const bill = (id: number): ConversationEvent => ({ type: 'settlement-received', id, settlement });
    const done = play(asked, { type: 'answer-finished', id: 2, answer });
    expect(last(applyConversation(done, bill(2))).settlement).toEqual(settlement);
    const failed = play(asked, { type: 'answer-failed', id: 2, error: new Error('x') });
    expect(last(applyConversation(failed, bill(2)))).toMatchObject({ status: 'error', settlement });
    const early = play(asked, bill(2), { type: 'answer-finished', id: 2, answer });
    expect(last(early)).toMatchObject({ status: 'done', settlement });
    const next: ConversationEvent = { type: 'question-asked', questionId: 3, answerId: 4, text: 'And?' };
    const two = [next, bill(2)].reduce<readonly Turn[]>(applyConversation, done);
    expect([(two[1] as AnswerTurn).settlement, last(two).settlement]).toEqual([settlement, undefined]);
  });

  test('D4: one that was cleared away gives its bill to no other', () => {
    const turns = play(
      asked,
      { type: 'answer-finished', id: 2, answer },
      { type: 'turns-opened', turns: [] },
      { type: 'question-asked', questionId: 3, answerId: 4, text: 'New' },
      { type: 'answer-failed', id: 4, error: new Error('x') },
      { type: 'settlement-received', id: 2, settlement },
    );
    expect(last(turns).settlement).toBeUndefined();
  });

  test('can be tried again under a new id, so that late text of the first is dropped', () => {
    const turns = play(
      asked,
      { type: 'answer-failed', id: 2, error: new Error('x') },
      { type: 'answer-retried', failedId: 2, answerId: 3 },
      { type: 'text-received', id: 2, delta: 'old' },
      { type: 'text-received', id: 3, delta: 'new' },
    );
    expect(turns).toHaveLength(2);
    expect(last(turns)).toMatchObject({ id: 3, status: 'streaming', text: 'new' });
  });
});

test('D3: one that was cut goes on behind what was written, with the tokens that were delivered', () => {
  const turns = play(
    asked,
    { type: 'text-received', id: 2, delta: 'Hello ' },
    { type: 'answer-cut', id: 2, tokenIds: [4, 5] },
    { type: 'answer-failed', id: 2, error: new Error('x') },
    { type: 'answer-retried', failedId: 2, answerId: 3 },
    { type: 'text-received', id: 3, delta: 'there' },
  );
  expect(last(turns)).toMatchObject({ id: 3, status: 'streaming', text: 'Hello there', cut: [4, 5] });
});

describe('requestMessages', () => {
  const failed: ConversationEvent = { type: 'answer-failed', id: 2, error: new Error('x') };

  test('alternates even after a failure', () => {
    const turns = play(asked, failed, { type: 'question-asked', questionId: 3, answerId: 4, text: 'Still there?' });
    expect(requestMessages(turns, 4)).toEqual([{ role: 'user', content: 'Hi\n\nStill there?' }]);
  });

  test('ends before the answer that is asked for', () => {
    const turns = play(asked, { type: 'answer-finished', id: 2, answer });
    expect(requestMessages(turns, 2)).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(requestMessages(turns)).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
    ]);
  });

  test('never changes the turns that it reads', () => {
    const turns = play(asked, failed, { type: 'question-asked', questionId: 3, answerId: 4, text: 'B' });
    requestMessages(turns);
    expect(turns[0]).toMatchObject({ text: 'Hi' });
  });
});

test('clearing forgets everything', () => {
  expect(play(asked, { type: 'turns-opened', turns: [] })).toEqual([]);
});

test('announcements mark the start and the end only', () => {
  const streaming = play(asked);
  const more = applyConversation(streaming, { type: 'text-received', id: 2, delta: 'word' });
  expect(announceTurns(streaming)).toBe(announceTurns(more));
  expect(announceTurns([])).toBe('');
});

test('what ran when a page was closed is there again: what was said before, and an answer that goes on', () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'One.' },
    { role: 'user', content: 'Two?' },
  ] as const;
  const turns = applyConversation([], { type: 'answer-reopened', messages, answerId: 9, text: 'Two' });
  expect(turns.map(({ id, role, text }) => [id, role, text])).toEqual([
    [6, 'user', 'One?'],
    [7, 'assistant', 'One.'],
    [8, 'user', 'Two?'],
    [9, 'assistant', 'Two'],
  ]);
  expect(streamingTurn(turns)).toMatchObject({ id: 9, notice: { kind: 'reopened' } });
  expect(announceTurns(turns)).toMatch(/^Going on/);
  expect(requestMessages(turns, 9)).toEqual(messages.slice(1));
  // Stopped before anything more has come, it keeps what had come; gone on with, it grows.
  const stopped: ConversationEvent = { type: 'answer-failed', id: 9, error: new PoolError('cancelled', 'Stopped.') };
  expect(last(applyConversation(turns, stopped))).toMatchObject({
    status: 'cancelled',
    text: 'Two',
    notice: undefined,
  });
  const more = applyConversation(turns, { type: 'text-received', id: 9, delta: ' it is.' });
  expect(last(more).text).toBe('Two it is.');
});

describe('what has no room is left out from its beginning', () => {
  const say = (role: 'system' | 'user' | 'assistant', content: string) => ({ role, content });
  const messages = [
    say('system', 'Be brief.'),
    ...[say('user', 'aaaa'), say('assistant', 'bbbb'), say('user', 'cccc'), say('assistant', 'dddd')],
    say('user', 'eeee'),
  ];

  test.each([
    ['one question and its answer at least', 1, ['Be brief.', 'cccc', 'dddd', 'eeee']],
    ['as many as it takes', 0.5, ['Be brief.', 'eeee']],
    ['all but the last question, which alone is too long', 0.01, ['Be brief.', 'eeee']],
  ])('%s', (_what, share, left) => {
    expect(withoutOldest(messages, share)?.map(({ content }) => content)).toEqual(left);
  });

  test('nothing where there is only the question', () => {
    expect(withoutOldest([say('system', 'Be brief.'), say('user', 'aaaa')])).toBeUndefined();
    expect(withoutOldest([])).toBeUndefined();
  });
});

test('a token of a long conversation changes one turn and no other', () => {
  const long = Array.from({ length: 200 }, (_, at): Turn => ({ id: at + 1, role: 'user', text: 'x' }));
  const turns = applyConversation(long, { type: 'question-asked', questionId: 201, answerId: 202, text: '?' });
  const next = applyConversation(turns, { type: 'text-received', id: 202, delta: 'A' });
  expect(next.filter((turn, at) => turn !== turns[at])).toMatchObject([{ id: 202, text: 'A' }]);
  expect(applyConversation(next, { type: 'text-received', id: 5, delta: 'A' })).toBe(next);
});
