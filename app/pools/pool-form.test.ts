import { expect, test } from 'vitest';
import { readPeer, readSlug, readStages } from './pool-form.ts';

test('no number leaves it to the planner', () => {
  expect(readStages('  ')).toEqual({});
  expect(readStages(' 3 ')).toEqual({ value: 3 });
});

test.each(['0', '-1', '2.5', '65', 'many'])('%s is no number of stages', (text) => {
  expect(readStages(text).problem).toContain('1 to 64');
});

test('a name is small letters, digits and hyphens, or none', () => {
  expect(readSlug(' ')).toEqual({});
  expect(readSlug(' market-2 ')).toEqual({ value: 'market-2' });
  for (const text of ['Market', '-x', 'a/b', 'x'.repeat(41)]) expect(readSlug(text).problem).toContain('small letters');
});

test('a peer is pasted with spaces and in capitals', () => {
  expect(readPeer(` ${'AB'.repeat(16)} `)).toEqual({ value: 'ab'.repeat(16) });
  expect(readPeer('ab').problem).toContain('32');
});
