import { expect, test } from 'vitest';
import { formatRows } from './format-rows.ts';

test('numbers right, words left', () => {
  const rows = [
    { split: 'solo', ms: 12 },
    { split: '3 stages', ms: 140.5 },
  ];
  expect(formatRows(rows)).toEqual(['split        ms', 'solo         12', '3 stages  140.5']);
});

test('no rows, no columns', () => {
  expect(formatRows([])).toEqual(['']);
});
