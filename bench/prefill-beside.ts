// Seven sessions that decode on 4 stages at 20 ms one way while an eighth reads long prompts one after the other, against the seven
// alone, in turn on the same links: a long prompt must not make the others wait.
import { parseArgs } from 'node:util';
import { GREEDY } from '../protocol/sampling.ts';
import { atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { GUIDE } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import type { RingAnswer } from './support/drive-ring.ts';
import { differentPrompts } from './support/made-up-prompts.ts';
import { withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { median, summarise } from './support/quantile.ts';
import { aggregateRate, decodeRate } from './support/ring-figures.ts';

const STAGES = 4;
const ONE_WAY_MS = 20;
const SESSIONS = 7;
const AIM = 0.8;
const PROMPT_TOKENS = 24;
const SETTLE_MS = 5_000;

interface Round {
  alone: number;
  beside: number;
  ratio: number;
  /** What the session kept that lost most. */
  leastRatio: number;
  /** Prompts that were read meanwhile. */
  prompts: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      tokens: { type: 'string', default: '64' },
      prompt: { type: 'string', default: '900' },
    },
  });
  const [rounds, maxTokens, promptTokens] = [Number(values.rounds), Number(values.tokens), Number(values.prompt)];
  const few = {
    prompts: differentPrompts(SESSIONS, PROMPT_TOKENS, GUIDE.vocab),
    ...{ maxTokens, maxContext: GUIDE.context, sampling: GREEDY },
  };
  const [beside] = differentPrompts(1, promptTokens, GUIDE.vocab);
  return withBenchLab(async (bench) => {
    const ring = await openRing(bench, { model: GUIDE, stages: STAGES, order: { promptTokens, maxTokens } });
    await bench.lab.reshape({ delayMs: ONE_WAY_MS });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await ring.run({ ...few, beside: beside! });
    await bench.lab.reset();
    const measured: Round[] = [];
    const progress = startProgress(rounds);
    for (let round = 0; round < rounds; round++) {
      const alone = await ring.run(few);
      const both = await ring.run({ ...few, beside: beside! });
      measured.push(roundOf(alone, both));
      progress.step(`ratio ${measured.at(-1)!.ratio.toFixed(2)}`);
    }
    progress.done();
    const relayP50Ms = (await bench.lab.stats()).delay.p50Ms;
    return report(measured, { relayP50Ms, maxTokens, promptTokens });
  });
}

/** Throws when a session's tokens depend on what runs beside it. */
function roundOf(alone: RingAnswer[], both: RingAnswer[]): Round {
  const beside = both.slice(0, SESSIONS);
  for (const [at, { ids }] of alone.entries()) {
    if (ids.join() !== beside[at]!.ids.join())
      throw new Error('A session gave other tokens beside a prompt than alone.');
  }
  const rates = { alone: aggregateRate(alone), beside: aggregateRate(beside) };
  const leastRatio = Math.min(...beside.map((answer, at) => decodeRate(answer) / decodeRate(alone[at]!)));
  return { ...rates, ratio: rates.beside / rates.alone, leastRatio, prompts: both[SESSIONS]!.tokenMs.length };
}

function report(
  rounds: readonly Round[],
  setting: { relayP50Ms: number; maxTokens: number; promptTokens: number },
): BenchResult {
  const of = (field: 'alone' | 'beside' | 'ratio' | 'leastRatio') => summarise(rounds.map((round) => round[field]));
  const [alone, beside, ratio, least] = [of('alone'), of('beside'), of('ratio'), of('leastRatio')];
  const rowOf = (name: string, rate: typeof alone, times: number) => ({
    sessions: name,
    'tok/s together': rate.median.toFixed(1),
    'from to': rate.range.map((each) => each.toFixed(1)).join(' to '),
    'of alone': times.toFixed(2),
  });
  return {
    name: 'prefill-beside',
    table: [
      rowOf(`${SESSIONS} alone`, alone, 1),
      rowOf(`${SESSIONS} beside prompts of ${setting.promptTokens} tokens`, beside, ratio.median),
    ],
    aims: [
      atLeast(`pace of ${SESSIONS} decoding sessions beside a prefill, 4 stages, 20 ms one way`, AIM, ratio.median),
    ],
    results: {
      setting: { model: GUIDE.model.repo, stages: STAGES, oneWayMs: ONE_WAY_MS, sessions: SESSIONS, ...setting },
      ...{ alone, beside, ratio, leastRatio: least, prompts: median(rounds.map(({ prompts }) => prompts)), rounds },
    },
  };
}
