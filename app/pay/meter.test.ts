import { expect, test } from 'vitest';
import { asideOf, costOf, meterAt } from './meter.ts';
import { testPaid } from './test-paid.ts';

const READ_MS = 1_000_000;
const at = (session: Parameters<typeof testPaid>[0], seconds: number) =>
  meterAt({ session: testPaid(session), readMs: READ_MS }, READ_MS + seconds * 1000);
/** A thousandth of a dollar a second since ten seconds before it was read. */
const STREAM = { usdc: '0.01', at: 990, usdc_per_second: '0.001' };

test('a stream is counted on from what the chain had, by no clock of this device', () => {
  const meter = at({ state: 'streaming', streamed: STREAM, now: 1000 }, 5);
  expect(meter.paid).toBeCloseTo(0.01 + 15 * 0.001, 9);
  expect(meter.left).toBeCloseTo(1 - meter.paid, 9);
  expect(meter).toMatchObject({ source: 'estimate', perSecond: 0.001 });
});

test('one that rests is what the chain says, and nothing is counted', () => {
  const meter = at({ state: 'resting', streamed: { ...STREAM, usdc_per_second: '0.000' }, now: 1000 }, 60);
  expect(meter).toEqual({ paid: 0.01, left: 0.99, perSecond: 0, source: 'chain' });
});

test('what receipts show beyond the stream is an estimate until it is paid', () => {
  expect(at({ state: 'waiting', earned_usdc: '0.2' }, 0)).toMatchObject({ paid: 0.2, source: 'estimate' });
  expect(at({ state: 'waiting' }, 0)).toMatchObject({ paid: 0, left: 1, source: 'chain' });
});

test('a stream never shows more than may be spent', () => {
  expect(at({ state: 'streaming', streamed: STREAM, now: 1000 }, 100_000)).toMatchObject({ paid: 1, left: 0 });
});

test('at the end the chain has the last word: what was paid in, less what went back', () => {
  const over = { state: 'over', earned_usdc: '0.3', refunded_usdc: '0.75' } as const;
  expect(costOf(testPaid(over))).toBeCloseTo(0.3, 9);
  expect(at(over, 0)).toMatchObject({ left: 0, source: 'chain' });
  expect(at(over, 0).paid).toBeCloseTo(0.25, 9);
  expect(at({ state: 'over', earned_usdc: '0.3' }, 0)).toMatchObject({ paid: 0.3, source: 'estimate' });
});

test('what carries the stream is neither paid nor left for answers', () => {
  const session = testPaid({ deposit_usdc: '1', fee_usdc: '0.03', spend_usdc: '0.8' });
  expect(asideOf(session)).toBeCloseTo(0.17, 9);
  expect(asideOf({ ...session, spend_usdc: '0.97' })).toBeCloseTo(0, 9);
});
