import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { fill } from './fill.ts';

const draw = (text: string, parts: Parameters<typeof fill>[1]) =>
  renderToStaticMarkup(createElement('p', null, fill(text, parts)));

test('each name becomes its element, wherever the sentence has it and however often', () => {
  const terms = createElement('a', { href: '/terms' }, 'terms');
  expect(draw('Read {terms} first; {terms} are short.', { terms })).toBe(
    '<p>Read <a href="/terms">terms</a> first; <a href="/terms">terms</a> are short.</p>',
  );
  expect(draw('{who} asks.', { who: 'Bob' })).toBe('<p>Bob asks.</p>');
});

test('what is no name, or has no element, stays as written; text stays text', () => {
  expect(draw('{} {a b} {toString} {none} <b>', { terms: 'x' })).toBe('<p>{} {a b} {toString} {none} &lt;b&gt;</p>');
});
