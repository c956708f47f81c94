// Time to the first token of a prompt of 1,000 tokens over 3 stages at 50 ms one way against the same at 0 ms, by turns on the
// same links. Chunks of the prompt follow each other without waiting, so it should grow by the path's own delay alone.
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { GUIDE } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import { differentPrompts } from './support/made-up-prompts.ts';
import { withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { median, summarise } from './support/quantile.ts';

const STAGES = 3;
const FAR_MS = 50;
const PROMPT_TOKENS = 1000;
/** Into the entry, between the stages, and back to the driver. */
const HOPS = STAGES + 1;
const SLACK = 1.1;
/** Round trips are measured four times a second; lanes that were added stay. */
const SETTLE_MS = 2_000;
const FIRST_SETTLE_MS = 8_000;

interface Round {
  nearMs: number;
  farMs: number;
  /** One way, what the relay gave at the far setting, and at the near one. */
  relayMs: { far: number; near: number };
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  return withBenchLab(async (bench) => {
    const order = { promptTokens: PROMPT_TOKENS, maxTokens: 2 };
    const ring = await openRing(bench, { model: GUIDE, stages: STAGES, order });
    const prompts = differentPrompts(1, PROMPT_TOKENS, GUIDE.vocab);
    const measure = async (delayMs: number, settleMs = SETTLE_MS) => {
      await bench.lab.reshape({ delayMs });
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      await bench.lab.reset();
      const [answer] = await ring.run({ prompts, maxTokens: 2, maxContext: GUIDE.context, sampling: GREEDY });
      return { firstMs: answer!.tokenMs[0]!, relayMs: (await bench.lab.stats()).delay.p50Ms };
    };
    await measure(FAR_MS, FIRST_SETTLE_MS);
    const measured: Round[] = [];
    const progress = startProgress(rounds);
    for (let round = 0; round < rounds; round++) {
      const near = await measure(0);
      const far = await measure(FAR_MS);
      measured.push({
        ...{ nearMs: near.firstMs, farMs: far.firstMs },
        relayMs: { far: far.relayMs, near: near.relayMs },
      });
      progress.step(`${near.firstMs.toFixed(0)} ms near, ${far.firstMs.toFixed(0)} ms far`);
    }
    progress.done();
    return report(measured);
  });
}

function report(rounds: readonly Round[]): BenchResult {
  const near = summarise(rounds.map(({ nearMs }) => nearMs));
  const far = summarise(rounds.map(({ farMs }) => farMs));
  const growth = summarise(rounds.map(({ nearMs, farMs }) => farMs - nearMs));
  const pathMs = HOPS * median(rounds.map(({ relayMs }) => relayMs.far - relayMs.near));
  const rows = [
    { links: '0 ms', ...near },
    { links: `${FAR_MS} ms one way`, ...far },
    { links: 'growth', ...growth },
    { links: `the path's own ${HOPS} hops`, median: pathMs, range: [pathMs, pathMs] },
  ];
  return {
    name: 'prefill-distance',
    table: rows.map(({ links, median: ms, range }) => ({
      links,
      'first token ms': ms.toFixed(0),
      'from to': range.map((each) => each.toFixed(0)).join(' to '),
    })),
    aims: [
      atMost(
        `growth of the time to the first token over the path's own delay: 1,000 tokens, ${STAGES} stages, ${FAR_MS} ms one way`,
        SLACK,
        growth.median / pathMs,
      ),
    ],
    plot: {
      title: `Time to the first token of ${PROMPT_TOKENS} prompt tokens over ${STAGES} stages`,
      x: { label: 'one-way delay' },
      y: { label: 'ms' },
      panels: [
        {
          title: '',
          aim: { y: near.median + SLACK * pathMs, label: 'aim: 0 ms + the path + 10 %' },
          series: [
            {
              name: 'measured',
              role: 'measured',
              points: [
                { x: '0 ms', y: near.median, low: near.range[0], high: near.range[1] },
                { x: `${FAR_MS} ms`, y: far.median, low: far.range[0], high: far.range[1] },
              ],
            },
          ],
        },
      ],
    },
    results: {
      setting: { model: GUIDE.model.repo, stages: STAGES, promptTokens: PROMPT_TOKENS, farMs: FAR_MS, hops: HOPS },
      ...{ near, far, growth, pathMs, rounds },
    },
  };
}
