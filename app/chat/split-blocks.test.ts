import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { expect, test } from 'vitest';
import { splitBlocks } from './split-blocks.ts';

const CASES: readonly (readonly [string, number])[] = [
  ['', 0],
  ['one\ntwo', 1],
  ['one\n\ntwo\n\n\n\n# three', 3],
  ['- a\n\n- b\n\n  still b\n\nafter', 2],
  ['1. a\n\n2. b\n\nbetween\n\n3. c', 2],
  ['> a\n\n> b\n\nafter', 2],
  ['```js\na\n\nb\n```\n\nafter', 2],
  ['```js\na\n\nb', 1],
  ['    code\n\n    more\n\nafter', 2],
  ['| a | b |\n| - | - |\n| 1 | 2 |\n\nafter', 2],
  ['a[^1] and [b]\n\nmore\n\n[^1]: note\n[b]: https://b.example', 1],
  ['<pre>\na\n\n*b*\n</pre>', 1],
  ['**a**\n\n---\n\n`b`', 3],
];
const draw = (text: string): string =>
  renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [remarkGfm] }, text)).replace(/>\n+</g, '><');

test.each(CASES)('%j: %d blocks, drawn as the whole is', (text, count) => {
  const blocks = splitBlocks(text);
  expect(blocks).toHaveLength(count);
  expect(blocks.map(draw).join('')).toBe(draw(text));
});

test('maths over empty lines stays whole', () => {
  expect(splitBlocks('a\n\n$$\nx\n\ny\n$$\n\nb')).toEqual(['a', '$$\nx\n\ny\n$$', 'b']);
});

test('a text that only grows keeps its settled blocks', () => {
  const text = CASES.map(([each]) => each)
    .filter((each) => splitBlocks(each).length > 1)
    .join('\n\n');
  let before: string[] = [];
  for (let length = 1; length <= text.length; length++) {
    const blocks = splitBlocks(text.slice(0, length));
    const settled = before.slice(0, -2);
    expect(blocks.slice(0, settled.length), `after ${length} characters`).toEqual(settled);
    before = blocks;
  }
});
