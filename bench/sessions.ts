// Eight sessions at once on 4 stages at 20 ms one way against one session on the same links, in turn: tokens per second of
// all together. No stage idles while another computes, if the ring does what it should.
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import { atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { GUIDE } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import type { RingAnswer, RingRun } from './support/drive-ring.ts';
import { differentPrompts } from './support/made-up-prompts.ts';
import { withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { median, summarise } from './support/quantile.ts';
import { aggregateRate, decodeRate, stageBusy, stageComputeMs } from './support/ring-figures.ts';

const STAGES = 4;
const ONE_WAY_MS = 20;
const SESSIONS = 8;
const AIM = 6;
const PROMPT_TOKENS = 24;
const SETTLE_MS = 5_000;

interface Round {
  one: number;
  many: number;
  ratio: number;
  /** Busy share of each stage while all sessions were at work. */
  busy: number[];
  computeMs: number[];
  oneComputeMs: number[];
  /** Each session's own rate. */
  rates: number[];
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '5' }, tokens: { type: 'string', default: '64' } },
  });
  const [rounds, maxTokens] = [Number(values.rounds), Number(values.tokens)];
  const runOf = (sessions: number): RingRun => ({
    prompts: differentPrompts(sessions, PROMPT_TOKENS, GUIDE.vocab),
    ...{ maxTokens, maxContext: GUIDE.context, sampling: GREEDY },
  });
  return withBenchLab(async (bench) => {
    const order = { promptTokens: PROMPT_TOKENS, maxTokens };
    const ring = await openRing(bench, { model: GUIDE, stages: STAGES, order });
    await bench.lab.reshape({ delayMs: ONE_WAY_MS });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await ring.run(runOf(SESSIONS));
    await bench.lab.reset();
    const measured: Round[] = [];
    const progress = startProgress(rounds);
    for (let round = 0; round < rounds; round++) {
      const one = await ring.run(runOf(1));
      const many = await ring.run(runOf(SESSIONS));
      measured.push(roundOf(one, many));
      progress.step(`ratio ${measured.at(-1)!.ratio.toFixed(2)}`);
    }
    progress.done();
    return report(measured, { relayP50Ms: (await bench.lab.stats()).delay.p50Ms, maxTokens });
  });
}

/** Throws when a session's tokens depend on what runs beside it. */
function roundOf(one: RingAnswer[], many: RingAnswer[]): Round {
  if (one[0]!.ids.join() !== many[0]!.ids.join())
    throw new Error('A session gave other tokens beside others than alone.');
  const rates = { one: decodeRate(one[0]!), many: aggregateRate(many) };
  return {
    ...{ ...rates, ratio: rates.many / rates.one },
    ...{ busy: stageBusy(many, STAGES), computeMs: stageComputeMs(many, STAGES) },
    ...{ oneComputeMs: stageComputeMs(one, STAGES), rates: many.map(decodeRate) },
  };
}

function report(rounds: readonly Round[], setting: { relayP50Ms: number; maxTokens: number }): BenchResult {
  const of = (field: 'one' | 'many' | 'ratio') => summarise(rounds.map((round) => round[field]));
  const [one, many, ratio] = [of('one'), of('many'), of('ratio')];
  const busy = Array.from({ length: STAGES }, (_, stage) => median(rounds.map((round) => round.busy[stage]!)));
  const rows = [
    { sessions: 1, rate: one, times: 1 },
    { sessions: SESSIONS, rate: many, times: ratio.median },
  ];
  return {
    name: 'sessions',
    table: rows.map(({ sessions, rate, times }) => ({
      sessions,
      'tok/s together': rate.median.toFixed(1),
      'from to': rate.range.map((each) => each.toFixed(1)).join(' to '),
      'of one': times.toFixed(2),
    })),
    aims: [atLeast(`times one session's tokens/s: ${SESSIONS} sessions, 4 stages, 20 ms one way`, AIM, ratio.median)],
    plot: {
      title: `${STAGES} stages at ${ONE_WAY_MS} ms one way: tokens per second of all sessions together`,
      x: { label: 'sessions' },
      y: { label: 'tokens/s' },
      panels: [
        {
          title: '',
          aim: { y: AIM * one.median, label: `aim: ${AIM} times one session` },
          series: [
            {
              name: 'measured',
              role: 'measured',
              points: rows.map(({ sessions, rate: { median: y, range } }) => ({
                ...{ x: String(sessions), y, low: range[0], high: range[1] },
              })),
            },
          ],
        },
      ],
    },
    results: {
      setting: { model: GUIDE.model.repo, stages: STAGES, oneWayMs: ONE_WAY_MS, sessions: SESSIONS, ...setting },
      ...{ one, many, ratio, busy, rounds },
    },
  };
}
