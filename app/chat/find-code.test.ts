import { expect, test } from 'vitest';
import { findCode } from './find-code.ts';

/** Each part as it stands in the text, with what its fence says. */
const partsOf = (text: string) => findCode(text).map(({ start, end, info }) => [text.slice(start, end), info]);

test.each([
  ['nothing', 'plain text', []],
  ['a span', 'use `a` here', [['`a`', undefined]]],
  ['a span of two marks holds one', 'x ``a`b`` y', [['``a`b``', undefined]]],
  ['a span over two lines', 'x `a\nb` y', [['`a\nb`', undefined]]],
  ['no span over an empty line', 'x `a\n\nb` y', []],
  ['no span at an escaped mark', 'x \\`a` y', []],
  ['no span that is not closed', 'x `a', []],
  ['a block', 'x\n```python\na\n```\ny', [['```python\na\n```', 'python']]],
  ['a block of tildes holds ticks', '~~~\n```\n~~~', [['~~~\n```\n~~~', '']]],
  ['a longer fence holds a shorter one', '````md\n```\n````', [['````md\n```\n````', 'md']]],
  [
    'a block in a list and one in a quote',
    '- ```js\n  a\n  ```\n> ```\n> b\n> ```',
    [
      ['- ```js\n  a\n  ```', 'js'],
      ['> ```\n> b\n> ```', ''],
    ],
  ],
  ['a block that is not closed', 'x\n```js\na\nb', [['```js\na\nb', 'js']]],
  [
    'spans on both sides of a block',
    '`a`\n```\n`b`\n```\n`c`',
    [
      ['`a`', undefined],
      ['```\n`b`\n```', ''],
      ['`c`', undefined],
    ],
  ],
  ['ticks with a tick behind them are no fence', '```a`', []],
])('%s', (_what, text, parts) => {
  expect(partsOf(text)).toEqual(parts);
});

test('only a block that goes on to the end is open', () => {
  expect(findCode('```\na').map(({ isOpen }) => isOpen)).toEqual([true]);
  expect(findCode('```\na\n```').map(({ isOpen }) => isOpen)).toEqual([undefined]);
});
