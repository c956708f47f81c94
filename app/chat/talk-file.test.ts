import { describe, expect, test } from 'vitest';
import type { Turn } from './conversation.ts';
import type { KeptTalk } from './kept-talks.ts';
import { readTalks, writeTalks } from './talk-file.ts';

const said: Turn[] = [
  { id: 1, role: 'user', text: 'What is\n a shard?' },
  { id: 2, role: 'assistant', text: 'A slice of **layers**.', status: 'done' },
];
const talk = (fields: Partial<KeptTalk> = {}): KeptTalk => ({
  ...{ id: 'a', title: 'What is a shard?', createdAt: 1, updatedAt: 2, turns: said },
  ...fields,
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
