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
  expect(readVitestReport(vitest({}))).toEqual({ passed: 3, failed: 0, skipped: 2, failures: [] });
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
  expect(readPlaywrightReport(JSON.stringify({ stats, errors: [] }))).toMatchObject({
    passed: 5,
    failed: 1,
    skipped: 2,
  });
  expect(readPlaywrightReport(JSON.stringify({ stats, errors: [{ message: 'no' }] })).failed).toBe(2);
});

test('vitest: what failed comes with its file, its name and why', () => {
  const assertionResults = [{ status: 'failed', fullName: 'it adds', failureMessages: ['Error: 1 is not 2\n at x'] }];
  const testResults = [{ status: 'failed', name: 'a.test.ts', assertionResults }];
  const { failures } = readVitestReport(vitest({ numFailedTests: 1, testResults }));
  expect(failures).toEqual(['a.test.ts: it adds\n    Error: 1 is not 2\n     at x']);
});

test('playwright: what failed comes with its place, its name and why, without colours, also from within a describe', () => {
  const spec = (title: string, ok: boolean) => ({
    ...{ title, ok, file: 'a.spec.ts', line: 3 },
    tests: [{ results: [{ errors: ok ? [] : [{ message: '\u001b[31mError\u001b[39m: no' }] }] }],
  });
  const suites = [{ specs: [spec('one', true)], suites: [{ specs: [spec('two', false)] }] }];
  const stats = { expected: 1, unexpected: 1, flaky: 0, skipped: 0 };
  const { failures } = readPlaywrightReport(JSON.stringify({ stats, errors: [], suites }));
  expect(failures).toEqual(['a.spec.ts:3 › two\n    Error: no']);
});

test.each(['', '{}', '{"stats":{}}'])('%j is no report', (text) => {
  expect(() => readVitestReport(text)).toThrow();
  expect(() => readPlaywrightReport(text)).toThrow();
});
