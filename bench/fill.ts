// As many sessions as keep the slowest of 4 stages busy at 20 ms one way: what share of the time it computes, against the
// bound `batch / slowest stage`, and whether any session starves.
//
// All tabs share one machine's few cores, so the model is one whose last layer outweighs all others: the exit is the slowest
// stage by far, and the others fit beside it.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import { atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ensureBenchModel, HEAVY_LAST } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import type { RingAnswer } from './support/drive-ring.ts';
import { differentPrompts } from './support/made-up-prompts.ts';
import { withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { median, summarise } from './support/quantile.ts';
import { aggregateRate, sharedWindow, stageBusy, stageComputeMs, stagePartMs } from './support/ring-figures.ts';

const STAGES = 4;
const ONE_WAY_MS = 20;
const AIM = 0.9;
/** The least-served session gets at least this much of the best-served one's tokens. */
const FAIR = 0.8;
const PROMPT_TOKENS = 8;
const SETTLE_MS = 5_000;

interface Round {
  tokensPerSecond: number;
  busy: number[];
  /** Share of the time that a stage spent around its model: upload, readback, sampling. */
  around: number[];
  computeMs: number[];
  /**
   * How long a frame waited for its turn once the worker had seen it. On WASM a run holds the worker's thread: what comes
   * meanwhile is seen after it, and its wait counts as wire.
   */
  queueMs: number[];
  /** Per session, while all were at work. */
  tokens: number[];
  /** By the same compute: sessions take turns, one row a run, unless a run was shared. */
  bound: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      tokens: { type: 'string', default: '48' },
      sessions: { type: 'string', default: '12' },
    },
  });
  const [rounds, maxTokens, sessions] = [Number(values.rounds), Number(values.tokens), Number(values.sessions)];
  const model = ensureBenchModel(HEAVY_LAST);
  return withBenchLab(async (bench) => {
    const ring = await openRing(bench, { model, stages: STAGES, order: { promptTokens: PROMPT_TOKENS, maxTokens } });
    await bench.lab.reshape({ delayMs: ONE_WAY_MS });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const prompts = differentPrompts(sessions, PROMPT_TOKENS, model.vocab);
    const common = { prompts, maxContext: model.context, sampling: GREEDY };
    await ring.run({ ...common, maxTokens: 4 });
    await bench.lab.reset();
    const measured: Round[] = [];
    const progress = startProgress(rounds);
    for (let round = 0; round < rounds; round++) {
      const answers = await ring.run({ ...common, maxTokens });
      const [fromMs, toMs] = sharedWindow(answers);
      const computeMs = stageComputeMs(answers, STAGES);
      measured.push({
        tokensPerSecond: aggregateRate(answers),
        busy: stageBusy(answers, STAGES),
        around: aroundOf(answers),
        computeMs,
        queueMs: stagePartMs(answers, STAGES, 'queue'),
        tokens: answers.map(({ tokenMs }) => tokenMs.filter((ms) => ms > fromMs && ms <= toMs).length),
        bound: 1000 / Math.max(...computeMs),
      });
      progress.step(`busy ${Math.max(...measured.at(-1)!.busy).toFixed(3)}`);
    }
    progress.done();
    const { p50Ms, p99Ms } = (await bench.lab.stats()).delay;
    return report(measured, {
      model: HEAVY_LAST,
      seats: ring.seats,
      cut: `A last layer that outweighs all others makes the exit the slowest stage: it can own one of this machine's ${cpus().length} cores while all others share the rest.`,
      ...{ stages: STAGES, sessions, maxTokens, oneWayMs: ONE_WAY_MS, relayMs: { p50: p50Ms, p99: p99Ms } },
    });
  });
}

function aroundOf(answers: readonly RingAnswer[]): number[] {
  const readback = stageBusy(answers, STAGES, 'readback');
  return stageBusy(answers, STAGES, 'upload').map((share, stage) => share + readback[stage]!);
}

function report(rounds: readonly Round[], setting: { sessions: number } & Record<string, unknown>): BenchResult {
  const perStage = (field: 'busy' | 'around' | 'computeMs' | 'queueMs') =>
    Array.from({ length: STAGES }, (_, stage) => median(rounds.map((round) => round[field][stage]!)));
  const [busy, computeMs, queueMs] = [perStage('busy'), perStage('computeMs'), perStage('queueMs')];
  const slowest = computeMs.indexOf(Math.max(...computeMs));
  const rate = summarise(rounds.map(({ tokensPerSecond }) => tokensPerSecond));
  const bound = median(rounds.map((round) => round.bound));
  const fairness = median(rounds.map(({ tokens }) => Math.min(...tokens) / Math.max(...tokens)));
  return {
    name: 'fill',
    table: computeMs.map((ms, stage) => ({
      stage,
      'compute ms a token': ms.toFixed(2),
      'busy %': (100 * busy[stage]!).toFixed(1),
      'around it %': (100 * perStage('around')[stage]!).toFixed(1),
      'queue ms': queueMs[stage]!.toFixed(1),
      'tok/s together': stage === slowest ? rate.median.toFixed(1) : '',
      'bound tok/s': stage === slowest ? bound.toFixed(1) : '',
    })),
    aims: [
      atLeast(
        `busy share of the slowest of 4 stages, 20 ms one way, ${setting.sessions} sessions`,
        AIM,
        busy[slowest]!,
      ),
      atLeast('tokens of the least-served session to those of the best-served', FAIR, fairness),
    ],
    plot: {
      title: `${setting.sessions} sessions on ${STAGES} stages at ${ONE_WAY_MS} ms: share of the time in which a stage computes`,
      x: { label: 'stage' },
      y: { label: 'busy, share of the time' },
      panels: [
        {
          title: '',
          aim: { y: AIM, label: `aim for the slowest: ${AIM}` },
          series: [
            {
              name: 'measured',
              role: 'measured',
              points: busy.map((y, stage) => {
                const shares = rounds.map((round) => round.busy[stage]!);
                return { x: String(stage), y, low: Math.min(...shares), high: Math.max(...shares) };
              }),
            },
          ],
        },
      ],
    },
    results: { setting, rate, bound, ofBound: rate.median / bound, busy, computeMs, queueMs, fairness, rounds },
  };
}
