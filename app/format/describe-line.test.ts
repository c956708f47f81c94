import { expect, test } from 'vitest';
import { describeLine } from './describe-line.ts';

test('each side of a hold reads differently', () => {
  expect(describeLine({ kind: 'hold', bucket: 'available', micros: -5 })).toBe('Held for a request');
  expect(describeLine({ kind: 'hold', bucket: 'held', micros: 5 })).toBe('Set aside for a request');
  expect(describeLine({ kind: 'release', bucket: 'available', micros: 5 })).toContain('Returned');
});

test('a settlement pays or earns', () => {
  expect(describeLine({ kind: 'settle', bucket: 'held', micros: -5 })).toBe('Paid for a request');
  expect(describeLine({ kind: 'settle', bucket: 'available', micros: 5 })).toContain('Earned');
});

test('a claim moves credits, seen from either side', () => {
  expect(describeLine({ kind: 'claim', bucket: 'available', micros: -5 })).toContain('Moved');
  expect(describeLine({ kind: 'claim', bucket: 'available', micros: 5 })).toContain('claimed browser');
});
