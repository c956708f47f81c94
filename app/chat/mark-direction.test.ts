import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { expect, test } from 'vitest';
import { directionOf, markDirection } from './mark-direction.ts';

const draw = (text: string): string =>
  renderToStaticMarkup(
    createElement(Markdown, { remarkPlugins: [remarkGfm], rehypePlugins: [markDirection] }, text),
  ).replace(/>\n+</g, '><');

test.each([
  ['Hello, שלום', 'ltr'],
  ['«مرحبا» hello', 'rtl'],
  ['1. שלום', 'rtl'],
  ['你好', 'ltr'],
  ['12 + 3', undefined],
])('%s', (text, direction) => {
  expect(directionOf(text)).toBe(direction);
});

test('E8: what a model writes is read in its own direction, piece by piece', () => {
  expect(draw('# مرحبا\n\nHello')).toBe('<h1 dir="auto">مرحبا</h1><p dir="auto">Hello</p>');
  expect(draw('- مرحبا\n- two')).toBe('<ul dir="rtl"><li dir="auto">مرحبا</li><li dir="auto">two</li></ul>');
  expect(draw('- مرحبا\n\n- b')).toContain('<ul dir="rtl"><li dir="rtl"><p dir="auto">مرحبا</p></li><li dir="ltr">');
  expect(draw('> שלום')).toBe('<blockquote dir="rtl"><p dir="auto">שלום</p></blockquote>');
  expect(draw('| שם |\n| - |\n| a |')).toContain('<table dir="rtl"><thead><tr><th dir="auto">שם</th>');
});

test('code is read from the left, and decides nothing about what it stands in', () => {
  expect(draw('- `let x` هو')).toBe('<ul dir="rtl"><li dir="auto"><code dir="ltr">let x</code> هو</li></ul>');
  expect(draw('```\nשלום\n```')).toContain('<pre dir="ltr">');
});
