import { expect, test } from 'vitest';
import { readMath } from './read-math.ts';

const textOf = (source: string, canSet?: boolean): string => readMath(source, canSet).text;

test.each([
  ['brackets of a line', 'so \\(x^2\\) is', 'so $$ x^2 $$ is'],
  ['one dollar', 'so $x^2$ is, $y$.', 'so $$ x^2 $$ is, $$ y $$.'],
  ['with an ending', 'the $n$th and the $n$-th', 'the $$ n $$th and the $$ n $$-th'],
  ['an escaped dollar within', '$\\$5 < x$', '$$ \\$5 < x $$'],
  ['two dollars within a line', 'so $$x$$ is', 'so $$ x $$ is'],
  ['over two lines', 'so \\(a\n+ b\\) is', 'so $$ a + b $$ is'],
  ['two dollars that have the line', 'a\n$$x^2$$\nb', 'a\n$$\nx^2\n$$\nb'],
  ['a block', '$$\nx\n\ny\n$$', '$$\nx\ny\n$$'],
  ['brackets of a block', '\\[\nx \\\\[2pt]\ny\n\\]', '$$\nx \\\\[2pt]\ny\n$$'],
  ['a block within a line', 'We get \\[x = 1\\] and go on.', 'We get \n$$\nx = 1\n$$\nand go on.'],
  ['its full stop stays with it', 'We get \\[x = 1\\].\nb', 'We get \n$$\nx = 1.\n$$\nb'],
  ['in a list', '1. Then\n   \\[x+1\\]\n2. b', '1. Then\n   $$\n   x+1\n   $$\n2. b'],
  ['as an item', '- $$x$$\n- b', '- $$\n  x\n  $$\n- b'],
  ['in a quote', '> \\[\n> x+\n> 1\n> \\]', '> $$\n> x+\n> 1\n> $$'],
  ['in a table no line is broken', '| a | \\[x+1\\] |', '| a | $$ x+1 $$ |'],
])('%s', (_what, source, text) => {
  expect(readMath(source)).toEqual({ text, hasMath: true });
});

test.each([
  ['prices', 'It costs $5 and $10, or US$5/US$6, or $5,$6.'],
  ['a price at the end of a line', 'from $5\nto 6$'],
  ['names of a shell', 'set $HOME/$USER or $PATH:$HOME'],
  ['escaped marks', 'a \\\\(b\\\\) and \\$x\\$'],
  ['brackets that are none', 'see \\[1\\] and \\[x\\]'],
  ['a span', 'use `$x$` or `\\(y\\)`'],
  ['a block of code', '```sh\necho $a $b$\n\\[x+1\\]\n```'],
  ['over an empty line', 'a \\(b\n\nc\\) d'],
])('%s stay as they are', (_what, source) => {
  expect(readMath(source)).toEqual({ text: source, hasMath: false });
});

test('dollars that open nothing are no mark for the reader either', () => {
  expect(textOf('a $$ b\n\nc')).toBe('a \\$\\$ b\n\nc');
  expect(textOf('a $$$ b')).toBe('a \\$\\$\\$ b');
});

test('what is not closed yet is shown as it is written, and worth preparing for', () => {
  expect(readMath('so \\[a_1*b')).toEqual({ text: 'so \\\\\\[a\\_1\\*b', hasMath: true });
  expect(readMath('so $$\na_1')).toEqual({ text: 'so \\$\\$\na\\_1', hasMath: true });
  expect(readMath('```math\n\\frac{1}{')).toEqual({ text: '```tex\n\\frac{1}{', hasMath: true });
});

test('where nothing sets formulas they stay as they were written', () => {
  expect(textOf('so \\(a_1\\) is *b*', false)).toBe('so \\\\\\(a\\_1\\\\\\) is *b*');
  expect(textOf('\\[x*1*\\]\nb', false)).toBe('\\\\\\[x\\*1\\*\\\\\\]\nb');
});

test('a formula that follows a span of code, and one between two blocks', () => {
  expect(textOf('`$a$` is $b$')).toBe('`$a$` is $$ b $$');
  expect(textOf('```\n$a$\n```\n$b$\n```\n$c$\n```')).toBe('```\n$a$\n```\n$$ b $$\n```\n$c$\n```');
});

test.each(['$', '$$ ', '$$\n', '\\(', '\\[\n', '`$', 'a $b'])('many of %j are read in time', (mark) => {
  const startedMs = performance.now();
  for (const ending of ['', '\n\nend']) readMath(mark.repeat(20_000) + ending);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
