// The whole network on one machine, in one terminal: a server, tabs that lend, a tab that asks. Everything that it
// opens is closed when it ends, whatever ends it.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Browser } from '@playwright/test';
import { ensureBenchModel, RANDOM_3_6B } from '../bench/support/bench-models.ts';
import type { BenchModelShape } from '../bench/support/make-bench-model.ts';
import { startServer } from '../signaling/start-server.ts';
import { askQuestion } from './demo/ask-question.ts';
import { openDemoBrowser } from './demo/open-demo-browser.ts';
import { openTabs } from './demo/open-tabs.ts';
import { type DemoOptions, HELP, type RandomSize, readDemoOptions } from './demo/read-demo-options.ts';
import { formatRoute, reportAnswer } from './demo/report-answer.ts';
import { readShards, waitForCoalition } from './demo/wait-for-coalition.ts';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ensureBuilt, SITE_DIR } from './site/ensure-built.ts';
import { LiveLines } from './terminal/live-lines.ts';
import { runMain } from './terminal/run-main.ts';

/** Closing takes well under a second; a browser that hangs must not hold the terminal. */
const CLOSE_TIMEOUT_MS = 10_000;
const INTERRUPTED = 130;

const RANDOM: Readonly<Record<RandomSize, BenchModelShape>> = { '3.6b': RANDOM_3_6B };

type Cleanup = () => Promise<unknown>;

runMain(async () => {
  const options = readDemoOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
    return 0;
  }
  await ensureBuilt();
  const { path } = await ensureBrowser();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const interrupted = new Promise<number>((end) => stop.signal.addEventListener('abort', () => end(INTERRUPTED)));
  const cleanups: Cleanup[] = [];
  try {
    return await Promise.race([runDemo(options, path, stop.signal, cleanups), interrupted]);
  } finally {
    const timer = setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS);
    for (const cleanup of cleanups.reverse()) await cleanup().catch(() => {});
    clearTimeout(timer);
  }
});

async function runDemo(
  options: DemoOptions,
  executablePath: string,
  signal: AbortSignal,
  cleanups: Cleanup[],
): Promise<number> {
  // With --json standard output is for the result alone.
  const screen = options.json ? process.stderr : process.stdout;
  const lines = new LiveLines(screen);
  const { stages, hubUrl, timeoutMs } = options;
  const { model, modelsDir } = modelOf(options, (text) => lines.say(text));

  const server = await startServer({
    ...{ model, stages, hubUrl, siteDir: SITE_DIR, modelsDir, logger: 'silent' },
  });
  cleanups.push(() => server.close());
  const launch = { executablePath, headless: !options.headed };
  const { browser, backend, reason } = await openDemoBrowser(options.backend, server.url, launch);
  cleanups.push(() => closeBrowser(browser));
  lines.say(`Server:  ${server.url}`);
  lines.say(`Backend: ${reason}`);
  lines.say(`Model:   ${model.repo} ${model.dtype}, over ${stages} ${stages === 1 ? 'tab' : 'tabs'}\n`);

  const tabs = await openTabs(browser, server.url, backend, options);
  await waitForCoalition(tabs, { timeoutMs, lines, signal, log: !screen.isTTY });

  screen.write(`\n> ${options.prompt}\n`);
  const answer = await askQuestion(tabs, options.prompt, { timeoutMs, signal, write: (text) => screen.write(text) });
  const shards = await readShards(tabs);
  screen.write(`\n\n${formatRoute(answer, shards).join('\n')}\n`);

  const screenshot = resolve(options.screenshot);
  mkdirSync(dirname(screenshot), { recursive: true });
  await tabs.chat.screenshot({ path: screenshot });
  lines.say(`Picture of the chat page: ${screenshot}`);
  if (options.json) console.log(JSON.stringify(reportAnswer(model, answer, shards)));
  if (options.keep) {
    lines.say(`Everything is left running: open ${server.url}/chat. Ctrl-C ends it.`);
    await new Promise((end) => signal.addEventListener('abort', end));
  }
  return 0;
}

/** What the demo serves, and where its files are. */
function modelOf({ model, random }: DemoOptions, say: (text: string) => void) {
  if (!random) return { model, modelsDir: 'public/models' };
  return ensureBenchModel(RANDOM[random], () =>
    say(`Writing made-up weights of ${random} parameters, once: a minute or two`),
  );
}

/** Tabs are closed first, so that the server hears them leave, as it hears those of people. */
async function closeBrowser(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await browser.close();
}
