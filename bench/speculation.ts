// Drafted against plain decoding on the same links: the embedded model over 2 stages, its draft model at the entry,
// questions as people ask them. Both must give the same tokens; the ratio is of each prompt's own two runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GREEDY, type Sampling } from '../protocol/sampling.ts';
import { makePromptFormat, type PromptFormat } from '../shard-worker/driver/prompt-format.ts';
import { atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { GUIDE } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import type { RingAnswer, RingRun } from './support/drive-ring.ts';
import { withBenchLab } from './support/open-bench-lab.ts';
import { openRing } from './support/open-ring.ts';
import { median, summarise } from './support/quantile.ts';
import { decodeRate } from './support/ring-figures.ts';

/** The kinds that the model answers, in words that it was trained on: what it is, how it works, what it is for, stories. */
const USUAL = [
  'What is ComputePool?',
  'Do more tabs make my answer faster?',
  'what happens if a tab closes in the middle of an answer?',
  'does the server see my prompt?',
  'so is it private',
  'Tell me a story about an otter',
  'why do you use webrtc',
  'write a longer story about a robot and a fox',
];
/** Nobody's: neither model has seen anything like them. */
const MADE_UP = [
  'Tell me a story about a lighthouse that sells umbrellas to the moon',
  'why would a violin want to join your network of kettles?',
  'write about Grandmother Ostrander and the seventeen blue ladders',
  'what does a tab dream of while the rain computes its layers?',
];
/** `tools/train-model/held_questions.py`: phrasings and subjects that were kept from the training of both. */
const HELD_OUT = JSON.parse(readFileSync(join(import.meta.dirname, 'support', 'held-out-questions.json'), 'utf8')) as {
  facts: string[];
  stories: string[];
};
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  usual: USUAL,
  'held out: facts': HELD_OUT.facts,
  'held out: stories': HELD_OUT.stories,
  'made up': MADE_UP,
};
const STAGES = 2;
const DELAYS_MS = [20, 50];
/** The others say how much is guessed right: that is the same at any distance. */
const DELAYS_OF_OTHERS_MS = [20];
const AIMS = [
  { temperature: 0, ratio: 2.5 },
  { temperature: 0.8, ratio: 2 },
];
/** Shorter answers say little about a rate: of what nobody was trained on they are left out. */
const MIN_TOKENS = 12;
const SETTLE_MS = 5_000;

interface Pair {
  question: string;
  plain: number;
  drafted: number;
  ratio: number;
  tokens: number;
  tokensPerLap: number;
  drafts: number;
  accepted: number;
  /** Medians over the laps of the drafted run: drafting that was waited for, and the whole lap. */
  draftMs: number;
  lapMs: number;
  plainLapMs: number;
}

interface Lane {
  /** Which questions. */
  text: string;
  oneWayMs: number;
  temperature: number;
  relayP50Ms: number;
  pairs: Pair[];
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { tokens: { type: 'string', default: '48' } } });
  const maxTokens = Number(values.tokens);
  const format = readGuideFormat();
  const promptOf = (content: string): number[] => format.encodeChat([{ role: 'user', content }]);
  const all = Object.values(TEXTS).flat();
  const longest = Math.max(...all.map((question) => promptOf(question).length));
  return withBenchLab(async (bench) => {
    const ring = await openRing(bench, { model: GUIDE, stages: STAGES, order: { promptTokens: longest, maxTokens } });
    await ring.loadDrafter({
      prompts: [promptOf(USUAL[0]!)],
      ...{ maxTokens: 4, maxContext: GUIDE.context, sampling: GREEDY, eosIds: [...format.eosIds] },
    });
    const lanes: Lane[] = [];
    const others = DELAYS_OF_OTHERS_MS.length * (all.length - USUAL.length);
    const progress = startProgress(AIMS.length * (DELAYS_MS.length * USUAL.length + others));
    for (const oneWayMs of DELAYS_MS) {
      await bench.lab.reshape({ delayMs: oneWayMs });
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const isAsked = (text: string): boolean => text === 'usual' || DELAYS_OF_OTHERS_MS.includes(oneWayMs);
      const wanted = Object.entries(TEXTS).filter(([text]) => isAsked(text));
      for (const [{ temperature }, [text, questions]] of AIMS.flatMap((aim) =>
        wanted.map((each) => [aim, each] as const),
      )) {
        await bench.lab.reset();
        const pairs: Pair[] = [];
        for (const [at, question] of questions.entries()) {
          const prompt = promptOf(question);
          const sampling: Sampling = { temperature, topK: format.defaults.topK, topP: format.defaults.topP, seed: at };
          const common = {
            prompts: [prompt],
            maxTokens,
            maxContext: GUIDE.context,
            sampling,
            eosIds: [...format.eosIds],
          };
          const answer = async (isDrafted: boolean) => (await ring.run({ ...common, isDrafted } satisfies RingRun))[0]!;
          // By turns, so that neither always finds the links as the other left them.
          const inOrder = at % 2 === 0 ? [false, true] : [true, false];
          const answers = [await answer(inOrder[0]!), await answer(inOrder[1]!)];
          const [plain, drafted] = inOrder[0] ? [answers[1]!, answers[0]!] : [answers[0]!, answers[1]!];
          const pair = pairOf(question, plain, drafted);
          if (pair.tokens >= MIN_TOKENS) pairs.push(pair);
          else if (text === 'usual') throw new Error(`"${question}" has an answer of ${pair.tokens} tokens.`);
          progress.step(`${text}, ${oneWayMs} ms, temperature ${temperature}`);
        }
        lanes.push({ text, oneWayMs, temperature, relayP50Ms: (await bench.lab.stats()).delay.p50Ms, pairs });
      }
    }
    progress.done();
    return report(lanes, maxTokens);
  });
}

/** Throws when drafting changed the answer: then its speed means nothing. */
function pairOf(question: string, plain: RingAnswer, drafted: RingAnswer): Pair {
  if (plain.ids.join() !== drafted.ids.join()) {
    throw new Error(`Drafted and plain differ on "${question}": ${drafted.ids.join()} against ${plain.ids.join()}.`);
  }
  const laps = drafted.laps.filter(({ isPrefill }) => !isPrefill);
  const rates = { plain: decodeRate(plain), drafted: decodeRate(drafted) };
  return {
    ...{ question, ...rates, ratio: rates.drafted / rates.plain, tokens: plain.tokenMs.length },
    tokensPerLap: laps.reduce((sum, { gained }) => sum + gained, 0) / laps.length,
    ...{ drafts: drafted.drafted, accepted: drafted.accepted },
    draftMs: median(laps.map(({ draftMs }) => draftMs)),
    lapMs: median(laps.map(({ lapMs }) => lapMs)),
    plainLapMs: median(plain.laps.filter(({ isPrefill }) => !isPrefill).map(({ lapMs }) => lapMs)),
  };
}

/** The product's own tokenizer and chat template, from the files that the site serves. */
function readGuideFormat(): PromptFormat {
  const file = (path: string) => JSON.parse(readFileSync(join(GUIDE.modelsDir, GUIDE.model.repo, path), 'utf8'));
  return makePromptFormat({
    tokenizer: file('tokenizer.json'),
    tokenizerConfig: file('tokenizer_config.json'),
    generationConfig: file('generation_config.json'),
    config: file('config.json'),
  });
}

function report(lanes: readonly Lane[], maxTokens: number): BenchResult {
  const figures = lanes.map((lane) => {
    const of = (field: Exclude<keyof Pair, 'question'>) => lane.pairs.map((pair) => pair[field]);
    return {
      ...lane,
      ratio: summarise(of('ratio')),
      plain: summarise(of('plain')),
      drafted: summarise(of('drafted')),
      tokensPerLap: summarise(of('tokensPerLap')),
      accepted: of('accepted').reduce((sum, each) => sum + each) / of('drafts').reduce((sum, each) => sum + each),
    };
  });
  const usual = figures.filter(({ text }) => text === 'usual');
  return {
    name: 'speculation',
    table: figures.map((lane) => ({
      text: lane.text,
      'one way ms': lane.oneWayMs,
      temperature: lane.temperature,
      'plain tok/s': lane.plain.median.toFixed(1),
      'drafted tok/s': lane.drafted.median.toFixed(1),
      ratio: lane.ratio.median.toFixed(2),
      'of prompts': lane.ratio.range.map((each) => each.toFixed(2)).join(' to '),
      'tokens a lap': lane.tokensPerLap.median.toFixed(2),
      'accepted %': (100 * lane.accepted).toFixed(0),
    })),
    aims: usual.map(({ oneWayMs, temperature, ratio }) =>
      atLeast(
        `drafted to plain tokens/s at temperature ${temperature}, 2 stages at ${oneWayMs} ms one way`,
        AIMS.find((aim) => aim.temperature === temperature)!.ratio,
        ratio.median,
      ),
    ),
    plot: {
      title: 'Drafting on the same links: tokens per second to those of plain decoding',
      x: { label: 'one-way delay' },
      y: { label: 'drafted to plain, tokens/s' },
      panels: AIMS.map((aim) => ({
        title: `temperature ${aim.temperature}`,
        aim: { y: aim.ratio, label: `aim ${aim.ratio}` },
        series: [
          { name: 'drafted', role: 'measured', points: barsOf(aim.temperature) },
          { name: 'plain', role: 'baseline', points: DELAYS_MS.map((ms) => ({ x: `${ms} ms`, y: 1 })) },
        ],
      })),
    },
    results: {
      setting: { model: GUIDE.model.repo, stages: STAGES, maxTokens, drafter: 'its draft model, at the entry' },
      lanes: figures,
    },
  };

  function barsOf(temperature: number) {
    return usual
      .filter((lane) => lane.temperature === temperature)
      .map(({ oneWayMs, ratio }) => ({
        x: `${oneWayMs} ms`,
        y: ratio.median,
        low: ratio.range[0],
        high: ratio.range[1],
      }));
  }
}
