// Counts and failures in the JSON reports that vitest and Playwright write. Pure: text in, counts out.
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
  testResults: z.array(
    z.object({
      status: z.string(),
      name: z.optional(z.string()),
      message: z.optional(z.string()),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.optional(z.string()),
          failureMessages: z.optional(z.nullable(z.array(z.string()))),
        }),
      ),
    }),
  ),
});

const thrown = z.object({ message: z.optional(z.string()) });

/** A file or a `describe` in it. */
const suiteSchema = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      ok: z.boolean(),
      file: z.string(),
      line: z.number(),
      tests: z.array(z.object({ results: z.array(z.object({ errors: z.array(thrown) })) })),
    }),
  ),
  get suites() {
    return z.optional(z.array(suiteSchema));
  },
});
type Suite = z.infer<typeof suiteSchema>;

/** Playwright's `json` reporter: https://playwright.dev/docs/api/class-testresult, JSONReport */
const playwrightSchema = z.object({
  stats: z.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
  errors: z.array(thrown),
  suites: z.optional(z.array(suiteSchema)),
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
    failures: [
      ...broken.map(({ name, message }) => told(name ?? 'a file', message)),
      ...report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => told(`${name}: ${fullName}`, failureMessages?.[0])),
      ),
    ],
  };
}

/** A flaky test passed in the end. Errors outside of tests (a file that cannot be read) count as failed. */
export function readPlaywrightReport(text: string): TestCounts {
  const { stats, errors, suites = [] } = playwrightSchema.parse(JSON.parse(text));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
    failures: [
      ...errors.map(({ message }) => told('outside of tests', message)),
      ...suites.flatMap(specsOf).flatMap(({ ok, title, file, line, tests }) => {
        if (ok) return [];
        const first = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))[0];
        return [told(`${file}:${line} › ${title}`, first?.message)];
      }),
    ],
  };
}

const specsOf = ({ specs, suites = [] }: Suite): Suite['specs'] => [...specs, ...suites.flatMap(specsOf)];

const TOLD_LINES = 12;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** The name of what failed and the first lines of why. */
function told(name: string, why = 'It did not say why.'): string {
  const lines = why.replace(COLOURS, '').trim().split('\n').slice(0, TOLD_LINES);
  return [name, ...lines.map((line) => `    ${line}`)].join('\n');
}
