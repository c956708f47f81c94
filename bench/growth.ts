// How costs grow: a decode step and a prefill with the context, one stream with the stages, all streams with the sessions.
// Curves and no aims. What bends them is said in the receipt, from the parts that are measured beside them.
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import type { PlotSpec } from '../tools/bench/plot-spec.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ensureBenchModel, GUIDE, LONG } from './support/bench-models.ts';
import { type BenchProgress, startProgress } from './support/bench-progress.ts';
import type { RingAnswer } from './support/drive-ring.ts';
import { differentPrompts } from './support/made-up-prompts.ts';
import { type BenchLab, withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { summarise } from './support/quantile.ts';
import { aggregateRate, decodeRate, stageComputeMs } from './support/ring-figures.ts';

const CONTEXTS = [128, 256, 512, 1024, 2048, 4096];
const STAGES = [1, 2, 4, 8];
const SESSIONS = [1, 2, 4, 8, 16, 32];
const SESSION_STAGES = 4;
const ONE_WAY_MS = 20;
const PROMPT_TOKENS = 16;
/** Decoded after each prompt. */
const TOKENS = 12;
const SETTLE_MS = 5_000;

const BENDS = {
  context:
    'Attention reads every key and value of the past once per step, and the WASM backend copies its cache at each: a step grows with the context. A prefill grows faster than the prompt, because each of its tokens looks back on all before it.',
  stages:
    'One stream passes every stage in turn: the layers cost the same however they are cut, and each stage adds a hop and the fixed cost of one more run. On one machine all stages share its cores.',
  sessions:
    'More streams fill the time that one of them spends on the wire, until the slowest stage, or here the machine that all tabs share, computes without a pause; from then on each gets a smaller part.',
};

type Summary = ReturnType<typeof summarise>;

interface Point {
  at: number;
  firstTokenMs: Summary;
  stepMs: Summary;
  tokensPerSecond: Summary;
  computeMs: number[];
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '2' }, sessions: { type: 'string', default: '32' } },
  });
  const rounds = Number(values.rounds);
  const sessions = SESSIONS.filter((count) => count <= Number(values.sessions));
  return withBenchLab(async (bench) => {
    const progress = startProgress(CONTEXTS.length + STAGES.length + sessions.length);
    const curves = {
      context: await growContext(bench, rounds, progress),
      stages: await growStages(bench, rounds, progress),
      sessions: await growSessions(bench, sessions, rounds, progress),
    };
    progress.done();
    return report(curves, rounds);
  });
}

function pointOf(at: number, runs: readonly RingAnswer[][], stages: number): Point {
  const rates = runs.map((answers) => (answers.length === 1 ? decodeRate(answers[0]!) : aggregateRate(answers)));
  return {
    at,
    firstTokenMs: summarise(runs.map((answers) => Math.max(...answers.map(({ tokenMs }) => tokenMs[0]!)))),
    stepMs: summarise(runs.map((answers) => 1000 / decodeRate(answers[0]!))),
    tokensPerSecond: summarise(rates),
    computeMs: stageComputeMs(runs.flat(), stages),
  };
}

async function repeat(rounds: number, run: () => Promise<RingAnswer[]>): Promise<RingAnswer[][]> {
  const runs: RingAnswer[][] = [];
  for (let round = 0; round < rounds; round++) runs.push(await run());
  return runs;
}

/** A small model of a long context on one stage, no relay. */
async function growContext(bench: BenchLab, rounds: number, progress: BenchProgress): Promise<Point[]> {
  const model = ensureBenchModel(LONG);
  const order = { promptTokens: CONTEXTS.at(-1)!, maxTokens: TOKENS };
  const ring = await openRing(bench, { model, stages: 1, isRelayed: false, order });
  const points: Point[] = [];
  for (const context of CONTEXTS) {
    const prompts = differentPrompts(1, context, model.vocab);
    const common = { prompts, maxTokens: TOKENS, maxContext: model.context, sampling: GREEDY };
    points.push(pointOf(context, await repeat(rounds, () => ring.run(common)), 1));
    progress.step(`context ${context}`);
  }
  await ring.close();
  return points;
}

/** The embedded model, one stream, no relay. */
async function growStages(bench: BenchLab, rounds: number, progress: BenchProgress): Promise<Point[]> {
  const points: Point[] = [];
  for (const stages of STAGES) {
    const order = { promptTokens: PROMPT_TOKENS, maxTokens: 4 * TOKENS };
    const ring = await openRing(bench, { model: GUIDE, stages, isRelayed: false, order });
    const prompts = differentPrompts(1, PROMPT_TOKENS, GUIDE.vocab);
    const common = { prompts, maxTokens: 4 * TOKENS, maxContext: GUIDE.context, sampling: GREEDY };
    await ring.run({ ...common, maxTokens: 4 });
    points.push(pointOf(stages, await repeat(rounds, () => ring.run(common)), stages));
    progress.step(`${stages} stages`);
    await ring.close();
  }
  return points;
}

/** The embedded model on 4 stages at 20 ms, more and more streams. */
async function growSessions(
  bench: BenchLab,
  counts: readonly number[],
  rounds: number,
  progress: BenchProgress,
): Promise<Point[]> {
  const order = { promptTokens: PROMPT_TOKENS, maxTokens: 2 * TOKENS };
  const ring = await openRing(bench, { model: GUIDE, stages: SESSION_STAGES, order });
  await bench.lab.reshape({ delayMs: ONE_WAY_MS });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const points: Point[] = [];
  for (const count of counts) {
    const prompts = differentPrompts(count, PROMPT_TOKENS, GUIDE.vocab);
    const common = { prompts, maxTokens: 2 * TOKENS, maxContext: GUIDE.context, sampling: GREEDY };
    points.push(pointOf(count, await repeat(rounds, () => ring.run(common)), SESSION_STAGES));
    progress.step(`${count} sessions`);
  }
  await bench.lab.stats();
  await ring.close();
  return points;
}

type Curves = Record<keyof typeof BENDS, Point[]>;

function report(curves: Curves, rounds: number): BenchResult {
  const rowOf =
    (of: string) =>
    ({ at, firstTokenMs, stepMs, tokensPerSecond, computeMs }: Point) => ({
      ...{ of, at },
      'first token ms': firstTokenMs.median.toFixed(0),
      'step ms': stepMs.median.toFixed(1),
      'tok/s together': tokensPerSecond.median.toFixed(1),
      'compute ms': computeMs.map((ms) => ms.toFixed(1)).join(' + '),
    });
  const { context, stages, sessions } = curves;
  return {
    name: 'growth',
    table: [...context.map(rowOf('context')), ...stages.map(rowOf('stages')), ...sessions.map(rowOf('sessions'))],
    plot: plotOf(curves),
    results: {
      setting: {
        rounds,
        context: { model: LONG, stages: 1, oneWayMs: 0, tokens: TOKENS },
        stages: { model: GUIDE.model.repo, oneWayMs: 0, tokens: 4 * TOKENS },
        sessions: { model: GUIDE.model.repo, stages: SESSION_STAGES, oneWayMs: ONE_WAY_MS, tokens: 2 * TOKENS },
      },
      bends: BENDS,
      curves,
    },
  };
}

function plotOf({ context, stages, sessions }: Curves): PlotSpec {
  const line = (points: readonly Point[], field: 'firstTokenMs' | 'stepMs' | 'tokensPerSecond') =>
    points.map((point) => {
      const { median: y, range } = point[field];
      return { x: point.at, y, low: range[0], high: range[1] };
    });
  const measured = 'measured' as const;
  return {
    title: 'What grows with the context, with the stages and with the sessions',
    x: { label: 'tokens of context', type: 'log' },
    y: { label: '', type: 'log' },
    panels: [
      {
        title: 'context: ms',
        series: [
          { name: 'time to the first token, ms', role: measured, points: line(context, 'firstTokenMs') },
          { name: 'decode step, ms', role: measured, points: line(context, 'stepMs') },
        ],
      },
      {
        title: 'stages, one stream: ms',
        x: { label: 'stages', type: 'log' },
        series: [{ name: 'decode step, ms', role: measured, points: line(stages, 'stepMs') }],
      },
      {
        title: 'sessions on 4 stages at 20 ms: tokens/s',
        x: { label: 'sessions', type: 'log' },
        series: [
          { name: 'tokens/s of all together', role: measured, points: line(sessions, 'tokensPerSecond') },
          {
            name: 'one session’s tokens/s times their number',
            role: 'bound',
            points: sessions.map(({ at }) => ({ x: at, y: at * sessions[0]!.tokensPerSecond.median })),
          },
        ],
      },
    ],
  };
}
