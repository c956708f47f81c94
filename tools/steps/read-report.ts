// Counts of the JSON reports that vitest and Playwright write. Pure: text in, counts out.
import * as z from 'zod/mini';
import type { TestCounts } from './step.ts';

const count = z.number().check(z.int(), z.gte(0));

/** vitest's `--reporter=json`, which has Jest's field names: https://vitest.dev/guide/reporters#json-reporter */
const vitestSchema = z.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  /** One per file; a file that cannot be read is `failed` and has no tests. */
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Playwright's `json` reporter: https://playwright.dev/docs/api/class-testresult, JSONReport.stats */
const playwrightSchema = z.object({
  stats: z.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
  errors: z.array(z.unknown()),
});

/** A file that broke before its tests counts as one failed test. Throws when the text is no such report. */
export function readVitestReport(text: string): TestCounts {
  const report = vitestSchema.parse(JSON.parse(text));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A flaky test passed in the end. Errors outside of tests (a file that cannot be read) count as failed. */
export function readPlaywrightReport(text: string): TestCounts {
  const { stats, errors } = playwrightSchema.parse(JSON.parse(text));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}
