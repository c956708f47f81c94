// Settlement against made-up answers with adversaries in them. `npm run bench -- settlement-property` runs a million.
import { test } from 'vitest';
import { checkReceiptOrder, checkSettlement } from './settlement-property.ts';

/** Some seconds. */
const RUNS = 5_000;

test('D1 D2 G3 G6 G7: nobody but the witness decides what is due, and nobody but a seat itself what it is paid of it', () => {
  checkSettlement({ runs: RUNS });
});

test('the order in which receipts come changes nothing', () => {
  checkReceiptOrder({ runs: 500 });
});
