import { expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './read-report.ts';

const vitest = (part: object) =>
  JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [],
    ...part,
  });

test('vitest: passed, failed, and skipped with to-dos', () => {
  expect(readVitestReport(vitest({}))).toEqual({ passed: 3, failed: 0, skipped: 2 });
});

test('vitest: a file that broke while it was read is a failure although no test failed', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(readVitestReport(vitest({ testResults })).failed).toBe(1);
});

test('vitest: a file with a failed test is counted once', () => {
  const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }];
  expect(readVitestReport(vitest({ numFailedTests: 1, testResults })).failed).toBe(1);
});

test('playwright: flaky passed, errors outside of tests failed', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(readPlaywrightReport(JSON.stringify({ stats, errors: [] }))).toEqual({ passed: 5, failed: 1, skipped: 2 });
  expect(readPlaywrightReport(JSON.stringify({ stats, errors: [{ message: 'no' }] })).failed).toBe(2);
});

test.each(['', '{}', '{"stats":{}}'])('%j is no report', (text) => {
  expect(() => readVitestReport(text)).toThrow();
  expect(() => readPlaywrightReport(text)).toThrow();
});
