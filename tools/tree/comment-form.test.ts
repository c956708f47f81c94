// Comments say who does what, in that order.
import { expect, test } from 'vitest';
import { isSource, listFiles, readText } from './list-files.ts';

/** First words of a comment, of any form. */
const BEGINS_WITH_OF = /^\s*(?:\/\*\*?|\*|\/\/)\s*Of\s/;

const findOf = (path: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) => (BEGINS_WITH_OF.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));

test('no comment begins with "Of"', () => {
  const paths = listFiles().filter(isSource);
  expect(paths.length).toBeGreaterThan(500);
  expect(paths.flatMap((path) => findOf(path, readText(path)))).toEqual([]);
});

test.each(['/** Of one. */', '  // Of one', ' * Of one', '/* Of one */'])('finds %s', (line) => {
  expect(findOf('a.ts', line)).toHaveLength(1);
});

test.each(['/** Offers one. */', 'const Of = 1;', '/** One of them. */'])('passes %s', (line) => {
  expect(findOf('a.ts', line)).toEqual([]);
});
