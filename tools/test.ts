// Runs every check and every test, shows what failed in full, and ends with the totals.
import { join } from 'node:path';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { listSteps } from './steps/list-steps.ts';
import type { StepResult } from './steps/step.ts';
import { summariseSteps } from './steps/summarise-steps.ts';
import { describeFailure, runMain } from './terminal/run-main.ts';
import { withProgress } from './terminal/with-progress.ts';

runMain(async () => {
  let browserFault = '';
  // Without a browser the other steps still say what they have to say.
  const browser = await ensureBrowser().catch((error: unknown) => {
    browserFault = describeFailure(error);
    return undefined;
  });
  const contractsFault = await ensureInstalled(join(ROOT, 'contracts')).then(() => undefined, describeFailure);
  const results: StepResult[] = [];
  for (const steps of listSteps({ chromiumPath: browser?.path, browserFault, contractsFault })) {
    const title = steps.map(({ name }) => name).join(', ');
    const outcomes = await withProgress(title, () => Promise.all(steps.map((step) => step.run())));
    results.push(...outcomes);
    for (const { name, ok, output } of outcomes) if (!ok) console.log(`\n${name} failed:\n\n${output.trim()}\n`);
  }
  console.log(`\n${summariseSteps(results).join('\n')}`);
  return results.every(({ ok }) => ok) ? 0 : 1;
});
