// What HTTP adds to the ring's own time: the same answers, timed by the official client and by the driver in the entry tab.
// One run, whole and streamed requests in turn; the overhead is within one request, so the machine's mood cancels.
import { parseArgs } from 'node:util';
import { openAccount } from '../e2e/support/api-account.ts';
import { openSite } from '../e2e/support/site.ts';
import type { JobStats } from '../protocol/job.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';

const MODEL = 'computepool/guide-4m';
const MESSAGES = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }];

interface Sample {
  /** At the client: from the call to the whole answer, to the first text, to the end of the stream. */
  wholeMs: number;
  firstMs: number;
  streamMs: number;
  /** At the driver, for the same requests: what the ring took. */
  wholeRingMs: number;
  firstRingMs: number;
  streamRingMs: number;
  tokens: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      stages: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '20' },
      tokens: { type: 'string', default: '64' },
    },
  });
  await ensureBuilt();
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath, gpu: 'none' });
  const stages = Number(values.stages);
  const site = await openSite(browser, { stages });
  try {
    for (let index = 0; index < stages; index++) await site.openStage();
    while (site.server.snapshot().coalitions[0]?.state !== 'ready') await new Promise((wake) => setTimeout(wake, 100));
    const { client, get } = await openAccount(site.url, 'bench');
    const request = { model: MODEL, messages: MESSAGES, temperature: 0, max_tokens: Number(values.tokens) };
    const statsOf = async (job: string): Promise<JobStats> => {
      const record = (await get(`/v1/computepool/jobs/${job}`)) as { outcome: JobStats };
      return record.outcome;
    };
    const samples: Sample[] = [];
    for (let round = 0; round <= Number(values.rounds); round++) {
      const startedMs = performance.now();
      const whole = await client.chat.completions.create(request).withResponse();
      const wholeMs = performance.now() - startedMs;

      const beganMs = performance.now();
      const stream = await client.chat.completions.create({ ...request, stream: true }).withResponse();
      let firstMs = 0;
      for await (const chunk of stream.data) {
        if (firstMs === 0 && chunk.choices[0]?.delta.content) firstMs = performance.now() - beganMs;
      }
      const streamMs = performance.now() - beganMs;
      const [wholeStats, streamStats] = await Promise.all(
        [whole.response, stream.response].map((response) => statsOf(response.headers.get('x-computepool-receipt')!)),
      );
      // The first round compiles and warms: it is not counted.
      if (round === 0) continue;
      samples.push({
        ...{ wholeMs, firstMs, streamMs },
        wholeRingMs: wholeStats!.totalMs,
        firstRingMs: streamStats!.timeToFirstTokenMs,
        streamRingMs: streamStats!.totalMs,
        tokens: whole.data.usage!.completion_tokens,
      });
      process.stderr.write(`round ${round}/${values.rounds}\n`);
    }
    const row = (what: string, atClient: (sample: Sample) => number, atDriver: (sample: Sample) => number) => ({
      what,
      'client ms': median(samples.map(atClient)).toFixed(1),
      'ring ms': median(samples.map(atDriver)).toFixed(1),
      'HTTP adds ms': median(samples.map((sample) => atClient(sample) - atDriver(sample))).toFixed(1),
      'of the ring': `${(100 * median(samples.map((sample) => (atClient(sample) - atDriver(sample)) / atDriver(sample)))).toFixed(1)} %`,
    });
    return {
      name: 'http-overhead',
      table: [
        row(
          'whole answer',
          ({ wholeMs }) => wholeMs,
          ({ wholeRingMs }) => wholeRingMs,
        ),
        row(
          'stream, first text',
          ({ firstMs }) => firstMs,
          ({ firstRingMs }) => firstRingMs,
        ),
        row(
          'stream, to its end',
          ({ streamMs }) => streamMs,
          ({ streamRingMs }) => streamRingMs,
        ),
      ],
      results: {
        setting: {
          model: MODEL,
          stages,
          tokens: Number(values.tokens),
          rounds: samples.length,
          backend: 'wasm',
          links: '0 ms',
        },
        samples,
      },
    };
  } finally {
    await site.close();
    await browser.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
