import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { UsageError } from '../../signaling/config/usage-error.ts';
import { describeFailure } from './run-main.ts';

test('a typed error is its sentence, its code and the next step', () => {
  expect(describeFailure(new PoolError('no-stages', 'No tab serves this model yet.'))).toBe(
    'No tab serves this model yet. (no-stages)\nOpen /join in a tab to lend a GPU, then ask again.',
  );
});

test('a mistake on the command line has no stack', () => {
  expect(describeFailure(new UsageError('--stages must be a number.'))).toBe('--stages must be a number.');
});

test('anything else keeps its stack', () => {
  expect(describeFailure(new TypeError('x is undefined'))).toContain('run-main.test.ts');
  expect(describeFailure('odd')).toBe('Failed: odd');
});
