// What of a conversation is written again. That it is there after a reload is in the browser tests.
import { expect, test } from 'vitest';
import type { Turn } from './conversation.ts';
import { changedPages } from './talk-keeper.ts';

const turnsOf = (count: number): Turn[] =>
  Array.from({ length: count }, (_, at) => ({ id: at + 1, role: 'user', text: `${at}` }));

test('all of a new one is written', () => {
  expect(changedPages([], turnsOf(250))).toEqual([0, 1, 2]);
  expect(changedPages([], [])).toEqual([]);
});

test('of a long one only the page whose turn has changed', () => {
  const before = turnsOf(10_000);
  expect(changedPages(before, before)).toEqual([]);
  expect(changedPages(before, before.with(9_999, { id: 10_000, role: 'user', text: 'more' }))).toEqual([99]);
  expect(changedPages(before, before.with(150, { id: 151, role: 'user', text: 'other' }))).toEqual([1]);
});

test('a page that got longer or shorter is another one', () => {
  const turns = turnsOf(250);
  expect(changedPages(turns.slice(0, 201), turns)).toEqual([2]);
  expect(changedPages(turns.slice(0, 200), turns)).toEqual([2]);
  expect(changedPages(turns, turns.slice(0, 120))).toEqual([1]);
  expect(changedPages(turns, turns.slice(0, 100))).toEqual([]);
});
