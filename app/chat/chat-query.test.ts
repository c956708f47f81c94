import { expect, test } from 'vitest';
import { chatAddress } from '../state/page-address.ts';
import { parseChatQuery } from './chat-query.ts';

const parse = (text: string) => parseChatQuery(new URLSearchParams(text));

test('an empty address asks nothing', () => {
  const { wish, ask, problems } = parse('');
  expect({ wish, ask, problems }).toEqual({ wish: {}, ask: '', problems: [] });
});

test('a question with its settings', () => {
  const query = parse('model=a/b&dtype=fp32&ask=Who%20are%20you%3F&seed=7&temperature=0&max=40');
  expect(query.wish).toEqual({ repo: 'a/b', dtype: 'fp32' });
  expect(query.ask).toBe('Who are you?');
  expect(query.sampling).toEqual({ temperature: '0', topP: '', topK: '', seed: '7', maxTokens: '40' });
});

test('a setting out of bounds is named and left empty', () => {
  const { sampling, problems } = parse('temperature=99&seed=3');
  expect(sampling.temperature).toBe('');
  expect(sampling.seed).toBe('3');
  expect(problems).toHaveLength(1);
});

test('a question is bounded', () => {
  expect(parse(`ask=${'a'.repeat(50_000)}`).ask).toHaveLength(16_000);
});

test('a mode is read, and one that is none is named', () => {
  expect(parse('').mode).toBe('auto');
  expect(parse('mode=speculative')).toMatchObject({ mode: 'speculative', problems: [] });
  const wrong = parse('mode=turbo');
  expect(wrong.mode).toBe('auto');
  expect(wrong.problems).toHaveLength(1);
});

test('the address that other pages write is read back', () => {
  const pool = { repo: 'owner/tiny', revision: 'v1', dtype: 'q4', slug: 'market' } as const;
  const address = new URL(chatAddress(pool), 'https://pool.example');
  expect(parseChatQuery(address.searchParams)).toMatchObject({ wish: pool, problems: [] });
});
