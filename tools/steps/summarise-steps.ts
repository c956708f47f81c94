// The end of `npm test`: what failed, a table of the steps and one line of totals. Pure.
import { formatTable } from '../terminal/format-table.ts';
import type { StepResult } from './step.ts';

/** Lines to print; the last one is `N passed, N failed` alone. */
export function summariseSteps(results: readonly StepResult[]): string[] {
  const rows = results.map(({ name, ok, ms, tests }) => [
    name,
    ok ? 'ok' : 'FAILED',
    tests ? `${tests.passed}` : '',
    tests ? `${tests.failed}` : '',
    tests && tests.skipped > 0 ? `${tests.skipped}` : '',
    (ms / 1000).toFixed(1),
  ]);
  const table = formatTable(
    [
      { title: 'step' },
      { title: 'result' },
      { title: 'passed', align: 'right' },
      { title: 'failed', align: 'right' },
      { title: 'skipped', align: 'right' },
      { title: 'seconds', align: 'right' },
    ],
    rows,
  );
  const passed = results.reduce((sum, { tests }) => sum + (tests?.passed ?? 0), 0);
  const failed = results.reduce((sum, result) => sum + failures(result), 0);
  const told = results.flatMap(({ tests }) => tests?.failures ?? []);
  return [...told.flatMap((text) => [...text.split('\n'), '']), ...table, '', `${passed} passed, ${failed} failed`];
}

/** Failed tests. A step that failed without one (types, lint, a build) is one failure, so that 0 means all is well. */
function failures({ ok, tests }: StepResult): number {
  const failed = tests?.failed ?? 0;
  return ok || failed > 0 ? failed : 1;
}
