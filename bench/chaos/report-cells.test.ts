import { expect, test } from 'vitest';
import { CELLS, selectCells } from './cells.ts';
import { aimsOf, lineOf, mergeRows, putTable, tableOf, toRow } from './report-cells.ts';

const [cell] = selectCells('close middle spare');
const [bare] = selectCells('close middle bare');
const right = toRow({ cell: cell!, rounds: [{ silentS: 1.5, faults: [] }], silentS: 1.5, aimS: 2 }, 'abc');
const wrong = toRow(
  { cell: cell!, rounds: [{ silentS: 2.5, faults: ['another text'] }], silentS: 2.5, aimS: 2 },
  'abc',
);
const unseen = toRow({ cell: bare!, rounds: [], notShown: 'no GPU' }, 'abc');

test('one line says what was wrong, or why nothing was shown', () => {
  expect(lineOf(right)).toMatch(/^right {2}close middle decode spare +1\.5 s \(aim 2\.0, met\)$/);
  expect(lineOf(wrong)).toMatch(/^WRONG .*missed\) {2}another text$/);
  expect(lineOf(unseen)).toContain('not shown: no GPU');
});

test('a later run takes the place of an earlier one', () => {
  expect(mergeRows([wrong, unseen], [right]).map(({ isRight }) => isRight)).toEqual([true, false]);
});

test('cells that were not shown or not run count as missing', () => {
  const [all, aim] = aimsOf([right, unseen]);
  expect(all).toMatchObject({ aim: `≥ ${CELLS.length}`, measured: 1, met: false });
  expect(aim).toMatchObject({ measured: 1.5, met: true });
});

test('the table has every cell of the matrix once', () => {
  const rows = CELLS.map((each) => toRow({ cell: each, rounds: [], silentS: 7.7 }, 'abc'));
  expect(tableOf(rows).join().match(/7\.7/g)).toHaveLength(CELLS.length);
  expect(tableOf([wrong, unseen]).join()).toContain('**2.5, wrong**');
  expect(tableOf([wrong, unseen]).join()).toContain('**not shown**');
  expect(
    tableOf([])
      .join()
      .match(/\*\*\?\*\*/g),
  ).toHaveLength(CELLS.length);
  const text = putTable('a\n<!-- chaos: npm run chaos -->\nold\n<!-- /chaos -->\nb', [right]);
  expect(text).toContain('| 1.5 |');
  expect(text).not.toContain('old');
  expect(() => putTable('a', [])).toThrow();
});
