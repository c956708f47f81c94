// What HTTP adds to the ring's own time: the same answers, timed by the official client, in a process of its own, and by the driver
// in the entry tab.
// One run, whole and streamed requests in turn; the overhead is within one request, so the machine's mood cancels.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openAccount } from '../e2e/support/api-account.ts';
import { openSite } from '../e2e/support/site.ts';
import type { JobStats } from '../protocol/job.ts';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import type { HttpClientOrder, HttpRound } from './support/http-client.ts';

const MODEL = 'computepool/guide-4m';
const MESSAGES = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }];

interface Sample {
  /** At the client: a request that the server answers alone. */
  bareMs: number;
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

interface Measure {
  what: string;
  atClient(sample: Sample): number;
  atDriver(sample: Sample): number;
  /** Most milliseconds that HTTP is to add. */
  most?: number;
}

const MEASURES: readonly Measure[] = [
  { what: 'whole answer', atClient: ({ wholeMs }) => wholeMs, atDriver: ({ wholeRingMs }) => wholeRingMs, most: 15 },
  {
    what: 'stream, first text',
    atClient: ({ firstMs }) => firstMs,
    atDriver: ({ firstRingMs }) => firstRingMs,
    most: 8,
  },
  { what: 'stream, to its end', atClient: ({ streamMs }) => streamMs, atDriver: ({ streamRingMs }) => streamRingMs },
];

const addedBy =
  ({ atClient, atDriver }: Pick<Measure, 'atClient' | 'atDriver'>) =>
  (sample: Sample): number =>
    atClient(sample) - atDriver(sample);

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
    const rounds: HttpRound[] = [];
    await askElsewhere(
      { baseUrl: `${site.url}/v1`, apiKey: client.apiKey!, request, rounds: 1 + Number(values.rounds) },
      (round) => {
        rounds.push(round);
        process.stderr.write(`round ${rounds.length - 1}/${values.rounds}\n`);
      },
    );
    const samples: Sample[] = [];
    // The first round compiles and warms: it is not counted.
    for (const { wholeJob, streamJob, ...round } of rounds.slice(1)) {
      const [whole, stream] = [await statsOf(wholeJob), await statsOf(streamJob)];
      samples.push({
        ...round,
        wholeRingMs: whole.totalMs,
        firstRingMs: stream.timeToFirstTokenMs,
        streamRingMs: stream.totalMs,
      });
    }
    return {
      name: 'http-overhead',
      aims: MEASURES.flatMap(({ what, most, ...at }) =>
        most === undefined
          ? []
          : [atMost(`${what}, ms over the ring’s own time`, most, median(samples.map(addedBy(at))))],
      ),
      table: [
        {
          what: 'list of models, no ring',
          'client ms': median(samples.map(({ bareMs }) => bareMs)).toFixed(1),
          'ring ms': '',
          'HTTP adds ms': '',
          'of the ring': '',
        },
        ...MEASURES.map((measure) => ({
          what: measure.what,
          'client ms': median(samples.map(measure.atClient)).toFixed(1),
          'ring ms': median(samples.map(measure.atDriver)).toFixed(1),
          'HTTP adds ms': median(samples.map(addedBy(measure))).toFixed(1),
          'of the ring': `${(100 * median(samples.map((one) => addedBy(measure)(one) / measure.atDriver(one)))).toFixed(1)} %`,
        })),
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

/** The client has a process of its own, as a program of somebody has. Resolves when it has asked all. */
function askElsewhere(order: HttpClientOrder, onRound: (round: HttpRound) => void): Promise<void> {
  const child = fork('bench/support/http-client.ts', { execArgv: ['--import', 'tsx'] });
  child.on('message', (round) => onRound(round as HttpRound));
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The client ended with ${code}.`))));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
