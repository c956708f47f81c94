// What `npm test` runs, in this order: the fast and general first, the browser last. Steps of one row run at once.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../install/ensure-installed.mjs';
import { ensureBuilt } from '../site/ensure-built.ts';
import { runCommand } from '../terminal/run-command.ts';
import { describeFailure } from '../terminal/run-main.ts';
import { readPlaywrightReport, readVitestReport } from './read-report.ts';
import type { Step, StepResult, TestCounts } from './step.ts';

/** Longest that a step may say nothing: a minute more than a browser test may take, which is told when it has ended. */
const STEP_SILENCE_MS = 16 * 60_000;

/** Where reports go; ignored by git. Playwright empties its own folder, so they are not there. */
const REPORTS = join(ROOT, '.cache', 'reports');

/** What the steps need beside npm's packages; each may be missing, and says why. */
export interface Equipment {
  /** For the browser tests; undefined makes them fail with `browserFault`. */
  chromiumPath: string | undefined;
  browserFault: string;
  /** Why there is no toolchain for contracts and no local chain; undefined: both are there. */
  contractsFault: string | undefined;
}

export function listSteps({ chromiumPath, browserFault, contractsFault }: Equipment): Step[][] {
  return [
    [
      commandStep('types', bin('typescript', 'bin/tsc'), ['--noEmit']),
      commandStep('lint', bin('@biomejs/biome', 'bin/biome'), ['check', '--error-on-warnings', '.']),
      commandStep('dead code', bin('knip', 'bin/knip.js'), []),
      vitestStep('tree', 'tree'),
      contractsStep(contractsFault),
    ],
    // The suites that touch the database run on PostgreSQL too, where there is one.
    [vitestStep('unit tests', 'unit', { CP_POSTGRES: '1' }), siteStep()],
    [browserStep('pages', chromiumPath, browserFault)],
    [browserStep('tabs', chromiumPath, browserFault)],
  ];
}

const bin = (name: string, path: string): string => join(ROOT, 'node_modules', name, path);

function commandStep(name: string, script: string, args: string[]): Step {
  return { name, run: async () => result(name, await runNode(script, args)) };
}

function vitestStep(name: string, project: string, env: Record<string, string> = {}): Step {
  const report = join(REPORTS, `${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name,
    run: () => reported(name, report, readVitestReport, () => runNode(bin('vitest', 'vitest.mjs'), args, env)),
  };
}

/** forge's tests of the contracts. Those of the server on a local chain are unit tests. */
function contractsStep(fault: string | undefined): Step {
  const name = 'contracts';
  if (fault !== undefined) return { name, run: async () => ({ name, ok: false, ms: 0, output: fault }) };
  return commandStep(name, join(ROOT, 'tools', 'contracts.mjs'), ['test']);
}

function siteStep(): Step {
  const name = 'site build';
  const run = async (): Promise<StepResult> => {
    const startedAt = performance.now();
    const fault = await ensureBuilt().then(() => undefined, describeFailure);
    return { name, ok: fault === undefined, ms: performance.now() - startedAt, output: fault ?? '' };
  };
  return { name, run };
}

/** One project of `playwright.config.ts`. */
function browserStep(project: 'pages' | 'tabs', chromiumPath: string | undefined, browserFault: string): Step {
  const name = `browser: ${project}`;
  if (chromiumPath === undefined) return { name, run: async () => ({ name, ok: false, ms: 0, output: browserFault }) };
  const report = join(REPORTS, `browser-${project}.json`);
  const env = { CHROMIUM_PATH: chromiumPath, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const run = () => runNode(bin('@playwright/test', 'cli.js'), ['test', '--project', project], env);
  return { name, run: () => reported(name, report, readPlaywrightReport, run) };
}

type Outcome = Awaited<ReturnType<typeof runCommand>>;

/** Colours are off: the output may go to a file. */
const runNode = (script: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
  runCommand(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    silenceMs: STEP_SILENCE_MS,
  });

const result = (name: string, { code, ms, output }: Outcome): StepResult => ({ name, ok: code === 0, ms, output });

/** A report of an earlier run must not stand for this one, and no report is a failure. */
async function reported(
  name: string,
  path: string,
  read: (text: string) => TestCounts,
  run: () => Promise<Outcome>,
): Promise<StepResult> {
  rmSync(path, { force: true });
  const outcome = result(name, await run());
  if (!existsSync(path)) return { ...outcome, ok: false, output: `${outcome.output}\nIt wrote no report.` };
  const tests = read(readFileSync(path, 'utf8'));
  return { ...outcome, ok: outcome.ok && tests.failed === 0, tests };
}
