// One stream, decoding plainly, over 1, 2 and 3 stages. On the loopback against the same model in one worker, at 5, 20 and 50 ms one
// way against what a lap allows at most with the compute and the delay that were measured, and over stages that are near each other
// for a driver who is far from them against one who is not.
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import { type Aim, atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { type BenchModel, ensureBenchModel, GUIDE, LARGE, MIDDLE } from './support/bench-models.ts';
import { type BenchProgress, startProgress } from './support/bench-progress.ts';
import type { RingRun } from './support/drive-ring.ts';
import type { BenchModelShape } from './support/make-bench-model.ts';
import { type BenchLab, withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { openSolo } from './support/open-solo.ts';
import { median, summarise } from './support/quantile.ts';
import { decodeRate, lapBound, stageComputeMs, type TokenProfile, tokenProfile } from './support/ring-figures.ts';

const STAGES = [1, 2, 3];
const DELAYS_MS = [5, 20, 50];
const AIM = 0.95;
/** On the loopback, of a model whose step takes 2 ms: what a hop costs beside it shows there. */
const NEAR_AIM_OF_FAST = 0.45;
/** Stages near each other, and a driver who is not near them. */
const NEAR_MS = 2;
const AWAY_MS = 100;
const AWAY_AIM = 0.9;
const GUIDE_NAME = 'guide-4m';
/** Steps of some 110 and 30 ms. */
const SHAPES: Readonly<Record<string, BenchModelShape>> = { large: LARGE, middle: MIDDLE };
const NAMES: Readonly<Record<string, string>> = { large: 'random', middle: 'random-middle' };
/** Token ids of no meaning: what a step costs does not depend on them. */
const PROMPT = Array.from({ length: 24 }, (_, index) => 300 + index * 7);
/** Links learn their new round trips, and get more lanes where they are long now. */
const SETTLE_MS = 5_000;

interface Lane {
  stages: number;
  oneWayMs: number;
  /** What the lane is compared with: solo, the bound, or a driver beside the stages. */
  against: 'solo' | 'bound' | 'driver beside';
  tokensPerSecond: number[];
  /** From asking. */
  firstTokenMs: number[];
  reference: number[];
  ratio: number[];
  computeMs: number[];
  /** One per round. */
  profiles: TokenProfile[];
  /** What the relay gave; 0 on the loopback. */
  relayMs: { p50: number; p99: number };
}

interface Setting {
  model: BenchModel;
  tokens: number;
  rounds: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string', default: 'guide' },
      tokens: { type: 'string' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const shape = SHAPES[values.model];
  const isGuide = shape === undefined;
  const model = isGuide ? GUIDE : { ...ensureBenchModel(shape), isPacked: true };
  const setting: Setting = {
    model,
    tokens: Number(values.tokens ?? (isGuide ? 32 : 16)),
    rounds: Number(values.rounds),
  };
  return withBenchLab(async (bench) => {
    const progress = startProgress((STAGES.length * (1 + DELAYS_MS.length) + STAGES.length - 1) * setting.rounds);
    const lanes: Lane[] = [];
    for (const stages of STAGES) {
      lanes.push(await measureNear(bench, { ...setting, stages }, progress));
      lanes.push(...(await measureFar(bench, { ...setting, stages }, progress)));
      if (stages > 1) lanes.push(await measureAway(bench, { ...setting, stages }, progress));
    }
    progress.done();
    return report(lanes, { ...setting, name: NAMES[values.model] ?? GUIDE_NAME });
  });
}

const runOf = ({ model, tokens }: Setting): RingRun => ({
  prompts: [PROMPT],
  maxTokens: tokens,
  maxContext: model.context,
  sampling: GREEDY,
});

const orderOf = ({ tokens }: Setting) => ({ promptTokens: PROMPT.length, maxTokens: tokens });

/** No relay: rounds of the ring and of one worker by turns. */
async function measureNear(
  bench: BenchLab,
  setting: Setting & { stages: number },
  progress: BenchProgress,
): Promise<Lane> {
  const { model, stages, tokens, rounds } = setting;
  const ring = await openRing(bench, { model, stages, isRelayed: false, order: orderOf(setting) });
  const solo = await openSolo(bench, { model, siteUrl: ring.url });
  const lane: Lane = { ...noLane(stages, 0), against: 'solo' };
  for (let round = -1; round < rounds; round++) {
    const alone = await solo(PROMPT, tokens);
    const answers = await ring.run(runOf(setting));
    if (answers[0]!.ids.join() !== alone.ids.join()) throw new Error('The ring gave other tokens than solo.');
    if (round < 0) continue;
    lane.tokensPerSecond.push(decodeRate(answers[0]!));
    lane.firstTokenMs.push(answers[0]!.tokenMs[0]!);
    lane.reference.push(alone.tokensPerSecond);
    lane.computeMs = stageComputeMs(answers, stages);
    lane.profiles.push(tokenProfile(answers, stages));
    progress.step(`${stages} stages at 0 ms`);
  }
  await solo.close();
  await ring.close();
  lane.ratio = lane.tokensPerSecond.map((rate, at) => rate / lane.reference[at]!);
  return lane;
}

/** One ring at one delay after another; the bound of each run is made of that run's own compute and delay. */
async function measureFar(
  bench: BenchLab,
  setting: Setting & { stages: number },
  progress: BenchProgress,
): Promise<Lane[]> {
  const { model, stages, rounds } = setting;
  const ring = await openRing(bench, { model, stages, order: orderOf(setting) });
  const lanes: Lane[] = [];
  for (const oneWayMs of DELAYS_MS) {
    await bench.lab.reshape({ delayMs: oneWayMs });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await ring.run(runOf(setting));
    await bench.lab.reset();
    const lane: Lane = { ...noLane(stages, oneWayMs), against: 'bound' };
    for (let round = 0; round < rounds; round++) {
      const answers = await ring.run(runOf(setting));
      const { p50Ms, p99Ms } = (await bench.lab.stats()).delay;
      const computeMs = stageComputeMs(answers, stages);
      lane.computeMs = computeMs;
      lane.profiles.push(tokenProfile(answers, stages));
      lane.relayMs = { p50: p50Ms, p99: p99Ms };
      lane.tokensPerSecond.push(decodeRate(answers[0]!));
      lane.firstTokenMs.push(answers[0]!.tokenMs[0]!);
      lane.reference.push(lapBound({ computeMs, oneWayMs: p50Ms }));
      progress.step(`${stages} stages at ${oneWayMs} ms`);
    }
    lane.ratio = lane.tokensPerSecond.map((rate, at) => rate / lane.reference[at]!);
    lanes.push(lane);
  }
  await ring.close();
  await bench.lab.reshape({});
  return lanes;
}

/** The same ring, its driver beside it and far away by turns. */
async function measureAway(
  bench: BenchLab,
  setting: Setting & { stages: number },
  progress: BenchProgress,
): Promise<Lane> {
  const { model, stages, rounds } = setting;
  await bench.lab.reshape({ delayMs: NEAR_MS });
  const ring = await openRing(bench, { model, stages, order: orderOf(setting) });
  const lane: Lane = { ...noLane(stages, AWAY_MS), against: 'driver beside' };
  const rateAt = async (oneWayMs: number) => {
    await ring.keepDriverAway(oneWayMs);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await bench.lab.reset();
    const answers = await ring.run(runOf(setting));
    lane.computeMs = stageComputeMs(answers, stages);
    lane.relayMs = { p50: (await bench.lab.stats()).delay.p50Ms, p99: (await bench.lab.stats()).delay.p99Ms };
    return { rate: decodeRate(answers[0]!), firstMs: answers[0]!.tokenMs[0]!, profile: tokenProfile(answers, stages) };
  };
  await ring.run(runOf(setting));
  for (let round = 0; round < rounds; round++) {
    lane.reference.push((await rateAt(NEAR_MS)).rate);
    const { rate, firstMs, profile } = await rateAt(AWAY_MS);
    lane.tokensPerSecond.push(rate);
    lane.firstTokenMs.push(firstMs);
    lane.profiles.push(profile);
    progress.step(`${stages} stages ${NEAR_MS} ms apart, the driver at ${AWAY_MS} ms`);
  }
  lane.ratio = lane.tokensPerSecond.map((rate, at) => rate / lane.reference[at]!);
  await ring.close();
  await bench.lab.reshape({});
  return lane;
}

const noLane = (stages: number, oneWayMs: number) => ({
  ...{ stages, oneWayMs, tokensPerSecond: [], firstTokenMs: [], reference: [], ratio: [], computeMs: [], profiles: [] },
  relayMs: { p50: 0, p99: 0 },
});

const aimOf = ({ against }: Lane, name: string): number =>
  against === 'driver beside' ? AWAY_AIM : against === 'solo' && name === GUIDE_NAME ? NEAR_AIM_OF_FAST : AIM;

function report(lanes: readonly Lane[], { name, model, tokens, rounds }: Setting & { name: string }): BenchResult {
  const aimed = lanes.filter(({ stages }) => stages > 1);
  return {
    name: `ring-distance-${name}`,
    table: lanes.map(
      ({ stages, oneWayMs, against, tokensPerSecond, firstTokenMs, reference, ratio, computeMs, relayMs }) => ({
        stages,
        'one way ms': oneWayMs,
        'first token ms': median(firstTokenMs).toFixed(0),
        'tok/s': median(tokensPerSecond).toFixed(2),
        against,
        'its tok/s': median(reference).toFixed(2),
        ratio: median(ratio).toFixed(3),
        'compute ms': computeMs.map((ms) => ms.toFixed(1)).join(' + '),
        'relay p50 ms': relayMs.p50.toFixed(2),
      }),
    ),
    aims: aimed.map((lane): Aim => {
      const { stages, oneWayMs, against, ratio } = lane;
      return atLeast(
        `of ${against}'s tokens/s, ${stages} stages at ${oneWayMs} ms one way (${name})`,
        aimOf(lane, name),
        median(ratio),
      );
    }),
    plot: {
      title: `One stream over stages in tabs (${name}), tokens per second`,
      x: { label: 'one-way delay, ms' },
      y: { label: 'tokens/s', type: 'log' },
      panels: STAGES.map((stages) => ({
        title: stages === 1 ? '1 stage' : `${stages} stages`,
        series: [
          { name: 'measured', role: 'measured', points: pointsOf(stages, 'tokensPerSecond') },
          { name: 'solo (at 0 ms), what a lap allows (beyond)', role: 'bound', points: pointsOf(stages, 'reference') },
        ],
      })),
    },
    results: {
      setting: {
        model: model.model.repo,
        tokens,
        rounds,
        prompt: PROMPT.length,
        hops: 'as many as stages: the loop runs at the entry, the driver in a tab of its own',
      },
      lanes: lanes.map((lane) => ({ ...lane, summary: summarise(lane.ratio) })),
    },
  };

  function pointsOf(stages: number, field: 'tokensPerSecond' | 'reference') {
    return lanes
      .filter((lane) => lane.stages === stages && lane.against !== 'driver beside')
      .map((lane) => {
        const { median: y, range } = summarise(lane[field]);
        return { x: lane.oneWayMs, y, low: range[0], high: range[1] };
      });
  }
}
