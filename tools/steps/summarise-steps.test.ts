import { expect, test } from 'vitest';
import type { StepResult } from './step.ts';
import { summariseSteps } from './summarise-steps.ts';

const types: StepResult = { name: 'types', ok: true, ms: 8123, output: '' };
const unit: StepResult = {
  ...{ name: 'unit tests', ok: true, ms: 20_000, output: '' },
  tests: { passed: 120, failed: 0, skipped: 0 },
};
const browser: StepResult = {
  ...{ name: 'browser tests', ok: false, ms: 60_049, output: '' },
  tests: { passed: 7, failed: 2, skipped: 1 },
};

test('a row per step, and totals of the tests alone on the last line', () => {
  expect(summariseSteps([types, unit, browser])).toEqual([
    'step           result  passed  failed  skipped  seconds',
    'types          ok                                   8.1',
    'unit tests     ok         120       0              20.0',
    'browser tests  FAILED       7       2        1     60.0',
    '',
    '127 passed, 2 failed',
  ]);
});

test('what failed is told above the table, with why', () => {
  const tests = { passed: 7, failed: 1, skipped: 0, failures: ['a.spec.ts:3 › it\n    Error: no'] };
  expect(summariseSteps([{ ...browser, tests }]).slice(0, 3)).toEqual(['a.spec.ts:3 › it', '    Error: no', '']);
});

test('a step without tests that failed is one failure', () => {
  expect(summariseSteps([{ ...types, ok: false }, unit]).at(-1)).toBe('120 passed, 1 failed');
});

test('a step whose tests passed and which failed all the same is one failure', () => {
  expect(summariseSteps([{ ...unit, ok: false }]).at(-1)).toBe('120 passed, 1 failed');
});
