import { expect, test } from 'vitest';
import { PLEDGE_STEPS, pledgeLabel, pledgeStep } from './memory-pledge.ts';

test('the first step is automatic and the rest grow', () => {
  expect(PLEDGE_STEPS[0]).toBeUndefined();
  const sizes = PLEDGE_STEPS.slice(1) as number[];
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
});

test('each step finds itself, other sizes the nearest', () => {
  for (const [step, bytes] of PLEDGE_STEPS.entries()) expect(pledgeStep(bytes)).toBe(step);
  expect(PLEDGE_STEPS[pledgeStep(1)]).toBe(128e6);
  expect(PLEDGE_STEPS[pledgeStep(2.4e9)]).toBe(2e9);
  expect(PLEDGE_STEPS[pledgeStep(1e15)]).toBe(16e9);
});

test('labels', () => {
  expect(pledgeLabel(undefined)).toMatch(/^Automatic/);
  expect(pledgeLabel(2e9)).toBe('Up to 2 GB');
});
