import { expect, test } from 'vitest';
import { parseChatQuery } from '../../app/chat/chat-query.ts';
import { chatAddress } from './open-tabs.ts';

test('without settings the address has none', () => {
  expect(chatAddress({})).toBe('/chat');
});

test('the page reads the settings as they were given', () => {
  const address = chatAddress({ maxTokens: 8, seed: 0, temperature: 0.5 });
  const { sampling, problems } = parseChatQuery(new URL(address, 'http://localhost').searchParams);
  expect(problems).toEqual([]);
  expect(sampling).toMatchObject({ maxTokens: '8', seed: '0', temperature: '0.5' });
});
