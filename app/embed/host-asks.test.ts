import { expect, test } from 'vitest';
import type { FromChat } from '../../packages/widget/src/words.ts';
import type { AnswerTurn, Turn } from '../chat/conversation.ts';
import { HostAsks } from './host-asks.ts';

const question: Turn = { id: 1, role: 'user', text: 'What?' };
const answer = (fields: Partial<AnswerTurn>): AnswerTurn => ({
  ...{ id: 2, role: 'assistant', text: '', status: 'streaming' },
  ...fields,
});

function open() {
  const said: FromChat[] = [];
  const asks = new HostAsks((message) => said.push(message));
  return { said, asks, show: (fields: Partial<AnswerTurn>) => asks.show([question, answer(fields)]) };
}

test('text as it comes, each piece once, then all of it', () => {
  const { said, asks, show } = open();
  asks.follow(7, 2);
  for (const text of ['', 'A sh', 'A sh', 'A shard']) show({ text });
  show({ text: 'A shard.', status: 'done', finishReason: 'stop' });
  expect(said).toEqual([
    { type: 'token', ask: 7, text: 'A sh' },
    { type: 'token', ask: 7, text: 'ard' },
    { type: 'answer', ask: 7, text: 'A shard.', finishReason: 'stop', tokens: 0 },
  ]);
  expect(asks.isFollowing).toBe(false);
  show({ text: 'A shard. More.' });
  expect(said).toHaveLength(3);
});

test('nothing of what it did not ask', () => {
  const { said, show } = open();
  show({ text: 'Of the visitor', status: 'done' });
  expect(said).toEqual([]);
});

test('why there is no answer', () => {
  const { said, asks, show } = open();
  asks.follow(7, 2);
  show({ text: 'A', status: 'error', error: { code: 'no-stages', message: 'Nobody is there.', next: 'Wait.' } });
  expect(said).toEqual([{ type: 'error', ask: 7, code: 'no-stages', message: 'Nobody is there.', next: 'Wait.' }]);
});

test('an answer that was stopped is what there is of it; one that is not shown any more is an error', () => {
  const { said, asks, show } = open();
  asks.follow(7, 2);
  show({ text: 'A', status: 'cancelled', finishReason: 'cancelled' });
  asks.follow(8, 4);
  show({ text: 'A' });
  expect(said).toMatchObject([
    { type: 'answer', ask: 7, text: 'A', finishReason: 'cancelled' },
    { type: 'error', ask: 8, code: 'cancelled' },
  ]);
});
