import { expect, test } from 'vitest';
import { formatTable } from './format-table.ts';

test('words are set left, figures right, and no line ends in a space', () => {
  const lines = formatTable(
    [{ title: 'stage' }, { title: 'ms', align: 'right' }],
    [
      ['1', '12.5'],
      ['entry stage', '3'],
    ],
  );
  expect(lines).toEqual(['stage          ms', '1            12.5', 'entry stage     3']);
});

test('a column without rows is as wide as its title', () => {
  expect(formatTable([{ title: 'name' }, { title: 'value' }], [])).toEqual(['name  value']);
});

test('a missing cell is empty', () => {
  expect(formatTable([{ title: 'a' }, { title: 'b' }], [['1']])).toEqual(['a  b', '1']);
});
