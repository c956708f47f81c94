import { expect, test } from 'vitest';
import { atLeast, atMost } from './aim.ts';
import { makeReceipt } from './receipt.ts';
import { putSummary, summariseReceipts } from './summarise-receipts.ts';

const RUN = { bench: 'x', args: [], chromium: 'Chromium 156' };
const receiptOf = (name: string, aims?: ReturnType<typeof atMost>[]) => ({
  ...makeReceipt({ name, table: [], results: {}, ...(aims ? { aims } : {}) }, RUN),
  commit: '0123456789abcdef',
  dirty: false,
});

test('one row per aim, and a miss is seen', () => {
  const receipts = [receiptOf('frames', [atMost('ms', 55, 51), atMost('ms of 70 KB', 55, 60)]), receiptOf('no-aims')];
  expect(summariseReceipts(receipts).slice(2)).toEqual([
    '| [frames](receipts/frames.json) | ms | ≤ 55 | 51 | yes | 0123456 |',
    '| [frames](receipts/frames.json) | ms of 70 KB | ≤ 55 | 60 | **no** | 0123456 |',
  ]);
  const changed = { ...receiptOf('ratio', [atLeast('ratio', 1, 2)]), dirty: true };
  expect(summariseReceipts([changed])[2]).toContain('0123456, changed');
});

test('the table takes the place of the last one', () => {
  const text = 'before\n<!-- aims: npm run bench -- --summary -->\nold\n<!-- /aims -->\nafter\n';
  const once = putSummary(text, ['new']);
  expect(once).toBe('before\n<!-- aims: npm run bench -- --summary -->\n\nnew\n\n<!-- /aims -->\nafter\n');
  expect(putSummary(once, ['new'])).toBe(once);
  expect(() => putSummary('nothing here', ['new'])).toThrow('no lines');
});
