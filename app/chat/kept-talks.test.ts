import { describe, expect, test } from 'vitest';
import type { Turn } from './conversation.ts';
import { asKept, findTalks, type KeptTalk, readTalks, titleOf, writeTalks } from './kept-talks.ts';

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

test('what was saved as a file comes back as it was said', () => {
  const stats = { tokens: 3 } as never;
  const kept = talk({ turns: [said[0]!, { ...said[1]!, stats } as Turn] });
  expect(readTalks(writeTalks([kept]))).toEqual([talk()]);
});

describe('a file of something else is refused in words', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another format', '{"format":"x","talks":[]}'],
    ['a role that there is not', writeTalks([talk()]).replace('"assistant"', '"system"')],
    ['text that is a number', writeTalks([talk()]).replace('"A slice of **layers**."', '7')],
  ])('%s', (_what, text) => {
    expect(() => readTalks(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});

test('what ran when the page was closed has stopped, with what had come of it', () => {
  const running: Turn = { id: 2, role: 'assistant', text: 'A sl', status: 'streaming', notice: { kind: 'held' } };
  expect(asKept(talk({ turns: [said[0]!, running] })).turns[1]).toEqual({
    ...{ id: 2, role: 'assistant', text: 'A sl' },
    ...{ status: 'cancelled', finishReason: 'cancelled' },
  });
});
