// The long fuzz: the same lanes as in the unit tests, for minutes, with the server's memory looked at. Writes a receipt.
import { parseArgs } from 'node:util';
import { UsageError } from '../signaling/config/usage-error.ts';
import { atMost } from './bench/aim.ts';
import { keepReceipt } from './fuzz/keep-receipt.ts';
import { runFuzz, total } from './fuzz/run-fuzz.ts';
import { runMain } from './terminal/run-main.ts';

const HELP = `Says to a real server whatever its protocol allows with hostile values in it, and looks at what is left.

  npm run test:fuzz -- [options]

  --minutes <number>  how long, default 10
  --seed <number>     makes the same messages again; default: another one each time`;

/**
 * What the heap may have grown by between a quarter of the run and its end, after a collection: tables that are bounded fill
 * (limits per address, people, jobs whose clients may come back), compiled code comes. A leak grows with what was said.
 */
const MAX_GROWTH = 1.25;
const SLACK_BYTES = 8 * 1024 * 1024;

runMain(async () => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const minutes = numberOf('minutes', values.minutes ?? '10');
  const seed = numberOf('seed', values.seed ?? String(Math.floor(Date.now() % 2 ** 31)));
  console.log(`Seed ${seed}, ${minutes} minutes.`);
  const report = await runFuzz({
    ...{ seed, durationMs: minutes * 60_000, measureAt: [0.25, 0.5, 0.75, 1] },
    onProgress: (text) => console.log(text),
  });
  const { findings, unsaid, memory, state, drainMs } = report;
  for (const { lane, what, sent } of findings.faults)
    console.log(`\n${lane}: ${what}\n  after ${sent.join('\n  after ')}`);
  const [early, last] = [memory[0]?.heapBytes ?? 0, memory.at(-1)?.heapBytes ?? 0];
  const aims = [
    atMost('faults', 0, findings.faults.length),
    atMost('kinds of message and routes that were never said', 0, unsaid.length),
    atMost('heap at the end, bytes, against a quarter of the run', early * MAX_GROWTH + SLACK_BYTES, last),
  ];
  const counts = { messages: total(findings.sent), sent: sorted(findings.sent), heard: sorted(findings.heard) };
  const results = { seed, minutes, ...counts, unsaid, memory, drainMs, state, faults: findings.faults };
  return keepReceipt('fuzz', 'test:fuzz', aims, results) ? 0 : 1;
});

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0)
    throw new UsageError(`--${name} must be a number above 0.`);
  return number;
}

const sorted = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
