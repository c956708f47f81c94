// Runs every check and every test, shows what failed in full, and ends with the totals.
import { ensureBrowser } from './install/ensure-browser.ts';
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
  const results: StepResult[] = [];
  for (const step of listSteps(browser?.path, browserFault)) {
    const outcome = await withProgress(step.name, () => step.run());
    results.push(outcome);
    if (!outcome.ok) console.log(`\n${step.name} failed:\n\n${outcome.output.trim()}\n`);
  }
  console.log(`\n${summariseSteps(results).join('\n')}`);
  return results.every(({ ok }) => ok) ? 0 : 1;
});
