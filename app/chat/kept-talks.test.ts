import { expect, test } from 'vitest';
import type { Turn } from './conversation.ts';
import { asKept, findTalks, type KeptTalk } from './kept-talks.ts';
import { titleOf } from './talk-title.ts';

const said: Turn[] = [
  { id: 1, role: 'user', text: 'What is\n a shard?' },
  { id: 2, role: 'assistant', text: 'A slice of **layers**.', status: 'done' },
];
const talk = (fields: Partial<KeptTalk> = {}): KeptTalk => ({
  ...{ id: 'a', title: 'What is a shard?', createdAt: 1, updatedAt: 2, turns: said },
  ...fields,
});

test('a conversation is called as it begins, in one line that is not too long', () => {
  expect(titleOf(said)).toBe('What is a shard?');
  expect(titleOf([])).toBe('New chat');
  expect(titleOf([{ id: 1, role: 'user', text: 'word '.repeat(40) }])).toHaveLength(60);
});

test('search finds all words in title and text, whatever their case', () => {
  const fox = talk({ id: 'b', title: 'A fox', turns: [{ id: 1, role: 'user', text: 'Tell of a FOX' }] });
  expect(findTalks([talk(), fox], ' fox tell ')).toEqual([fox]);
  expect(findTalks([talk(), fox], 'layers')).toEqual([talk()]);
  expect(findTalks([talk(), fox], '')).toHaveLength(2);
  expect(findTalks([talk(), fox], 'hen')).toEqual([]);
});

test('what ran when the page was closed has stopped, with what had come of it', () => {
  const running: Turn = { id: 2, role: 'assistant', text: 'A sl', status: 'streaming', notice: { kind: 'held' } };
  expect(asKept(talk({ turns: [said[0]!, running] })).turns[1]).toEqual({
    ...{ id: 2, role: 'assistant', text: 'A sl' },
    ...{ status: 'cancelled', finishReason: 'cancelled' },
  });
});
