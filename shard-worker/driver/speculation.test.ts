// Drafting against the ring itself: every answer equals the one without, whatever the drafter does.
import { describe, expect, test } from 'vitest';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { GREEDY, type Sampling } from '../../protocol/sampling.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import { Conversation } from './conversation.ts';
import type { Drafter } from './drafter.ts';
import type { GenerateOptions } from './generate-options.ts';
import { ModelDrafter } from './model-drafter.ts';
import { NgramDrafter } from './ngram-drafter.ts';
import { Speculation } from './speculation.ts';
import { answer, LAYERS, makeRing, PROMPT, SAMPLED, testOptions } from './test-ring.ts';

const drafter = (propose: Drafter['propose']): Drafter => ({ kind: 'ngram', propose, close: () => {} });

/** Knows the answer. */
const perfect = (whole: readonly number[]): Drafter =>
  drafter(async ({ history, most }) =>
    whole.slice(history.length - PROMPT.length, history.length - PROMPT.length + most),
  );
/** Right at first, then wrong, in turns of different lengths. */
const halfRight = (whole: readonly number[]): Drafter => {
  let round = 0;
  return drafter(async ({ history, most }) => {
    round++;
    const from = history.length - PROMPT.length;
    return whole.slice(from, from + most).map((id, index) => (index < round % 4 ? id : (id + 1) % 101));
  });
};
const wrong = (whole: readonly number[]): Drafter =>
  drafter(async ({ history }) => [(whole[history.length - PROMPT.length]! + 1) % 101, 3, 4]);
const throws = drafter(async () => {
  throw new Error('no draft');
});
const nonsense = drafter(async () => [Number.NaN, -4, 1e12]);
const wholeModel = () => new ModelDrafter(arithmeticExecutor({ start: 0, end: LAYERS, layers: LAYERS }));

interface Driven {
  ids: number[];
  rows: ResultRow[];
  finishReason: string;
  laps: number;
  speculation: Speculation;
}

async function drive(made: Drafter | undefined, fields: Partial<GenerateOptions> = {}): Promise<Driven> {
  const ring = makeRing([2, 5]);
  const speculation = new Speculation(() => made);
  const rows: ResultRow[] = [];
  let laps = 0;
  const options = testOptions({
    speculation,
    onLap: ({ isPrefill }) => void (isPrefill || laps++),
    ...fields,
    onToken: (row, epoch) => {
      rows.push(row);
      return fields.onToken?.(row, epoch);
    },
  });
  const got = await new Conversation(async () => ring.client).generate(PROMPT, options);
  return { ...got, rows, laps, speculation };
}

const samplings: [string, Sampling][] = [
  ['greedy', GREEDY],
  ['temperature 0.8', SAMPLED],
];

describe.each(samplings)('%s', (_name, sampling) => {
  test('every drafter gives the plain answer, log-probabilities included', async () => {
    const plain = await drive(undefined, { sampling, logprobs: 3 });
    const makers = [perfect, halfRight, wrong].map((make) => make(plain.ids));
    for (const made of [...makers, throws, nonsense, new NgramDrafter(), wholeModel()]) {
      const drafted = await drive(made, { sampling, logprobs: 3 });
      expect(drafted.ids).toEqual(plain.ids);
      expect(drafted.rows.map(({ id, top }) => [id, top?.map((entry) => entry.id)])).toEqual(
        plain.rows.map(({ id, top }) => [id, top?.map((entry) => entry.id)]),
      );
      for (const [index, { logprob }] of drafted.rows.entries())
        expect(logprob).toBeCloseTo(plain.rows[index]!.logprob!, 5);
    }
  });

  test('a whole model of the same weights is a perfect drafter at any temperature', async () => {
    const plain = await drive(undefined, { sampling });
    expect(plain.laps).toBe(23);
    for (const made of [perfect(plain.ids), wholeModel()]) {
      const { laps, speculation } = await drive(made, { sampling });
      expect(speculation.counts.accepted).toBe(speculation.counts.drafted);
      expect(speculation.counts.accepted).toBeGreaterThan(0);
      expect(laps).toBeLessThan(plain.laps);
    }
  });

  test('an end of sequence, a stop and a bound inside an accepted run end the answer there', async () => {
    const plain = (await drive(undefined, { sampling, maxTokens: 12 })).ids;
    for (let at = 1; at < plain.length; at++) {
      const made = () => perfect(plain);
      if (plain.indexOf(plain[at]!) === at) {
        const ended = await drive(made(), { sampling, eosIds: new Set([plain[at]!]) });
        expect([ended.ids, ended.finishReason]).toEqual([plain.slice(0, at), 'stop']);
      }
      let seen = 0;
      const stopped = await drive(made(), { sampling, onToken: () => ++seen === at });
      expect([stopped.ids, stopped.finishReason]).toEqual([plain.slice(0, at), 'stop']);
      const bound = await drive(made(), { sampling, maxTokens: at });
      expect([bound.ids, bound.finishReason]).toEqual([plain.slice(0, at), 'length']);
      const full = await drive(made(), { sampling, maxContext: PROMPT.length + at });
      expect([full.ids, full.finishReason]).toEqual([plain.slice(0, at), 'length']);
    }
  });

  test('the next turn after one with rejected drafts equals a fresh conversation', async () => {
    const plain = await answer([], { sampling });
    const ring = makeRing([3]);
    const conversation = new Conversation(async () => ring.client);
    const speculation = () => new Speculation(() => wrong(plain));
    const first = await conversation.generate(PROMPT, testOptions({ sampling, speculation: speculation() }));
    const longer = [...PROMPT, ...first.ids, 9];
    const second = await conversation.generate(longer, testOptions({ sampling }));
    const fresh = makeRing([]);
    const alone = await new Conversation(async () => fresh.client).generate(longer, testOptions({ sampling }));
    expect(second.ids).toEqual(alone.ids);
  });
});

test('positions beyond what is paid for and beyond the context are never sent', async () => {
  const plain = await answer([]);
  const ring = makeRing([4]);
  let highest = 0;
  const lap = ring.client.lap.bind(ring.client);
  ring.client.lap = (session, request) => {
    highest = Math.max(highest, request.position + request.ids.length);
    return lap(session, request);
  };
  const speculation = new Speculation(() => perfect([...plain, ...plain]));
  await new Conversation(async () => ring.client).generate(PROMPT, testOptions({ speculation, maxTokens: 10 }));
  // The last token is never computed.
  expect(highest).toBe(PROMPT.length + 9);
});

test('a drafter that stalls is given up, one that failed is not asked again', async () => {
  let asked = 0;
  const never = drafter(() => {
    asked++;
    return new Promise(() => {});
  });
  const speculation = new Speculation(() => never, { timeoutMs: 20 });
  expect(speculation.plan().window).toBeGreaterThan(0);
  expect(await speculation.propose([1, 2], 5, GREEDY)).toEqual([]);
  expect(await speculation.propose([1, 2], 5, GREEDY)).toEqual([]);
  expect([asked, speculation.plan()]).toEqual([1, { window: 0, chunk: 0 }]);
  expect(speculation.counts).toEqual({ drafted: 0, accepted: 0, drafter: 'none' });
});

test('a drafter that comes late takes over, and is closed with the answer', async () => {
  const closed: string[] = [];
  const make = (kind: Drafter['kind'], id: number): Drafter => ({
    kind,
    propose: async () => [id],
    close: () => void closed.push(kind),
  });
  const [first, second] = [make('ngram', 1), make('model', 2)];
  let now = first;
  const speculation = new Speculation(() => now);
  speculation.plan();
  expect(await speculation.propose([5], 1, GREEDY)).toEqual([1]);
  speculation.sent(1);
  speculation.judge(true);
  now = second;
  speculation.plan();
  expect(await speculation.propose([5, 1], 1, GREEDY)).toEqual([2]);
  speculation.sent(1);
  speculation.judge(false);
  expect(speculation.counts).toEqual({ drafted: 2, accepted: 1, drafter: 'model' });
  speculation.close();
  expect(closed).toEqual(['ngram', 'model']);
});

test('verification asks for all rows and takes rejected ones back', async () => {
  const ring = makeRing([4]);
  const plain = await answer([]);
  const flags: number[] = [];
  const lap = ring.client.lap.bind(ring.client);
  ring.client.lap = (session, request) => {
    flags.push(request.flags);
    return lap(session, request);
  };
  const speculation = new Speculation(() => wrong(plain));
  await new Conversation(async () => ring.client).generate(PROMPT, testOptions({ speculation, maxTokens: 4 }));
  const { sample, sampleAll, rollback } = FRAME_FLAGS;
  expect(flags.slice(0, 2)).toEqual([rollback | sample, sampleAll]);
  // What follows a guess that was wrong writes over its rows.
  expect([sample | rollback, sampleAll | rollback]).toContain(flags[2]);
});

describe('on a long way', () => {
  /** Every lap takes so long, and laps keep their order. */
  function delayed(ring: ReturnType<typeof makeRing>, ms: number): { most: number; sent: number } {
    const seen = { most: 0, sent: 0 };
    let inFlight = 0;
    const lap = ring.client.lap.bind(ring.client);
    ring.client.lap = async (session, request) => {
      inFlight++;
      seen.sent++;
      seen.most = Math.max(seen.most, inFlight);
      const result = await lap(session, request);
      await new Promise((resolve) => setTimeout(resolve, ms));
      inFlight--;
      return { ...result, lapMs: result.lapMs + ms };
    };
    return seen;
  }

  const slow = (made: Drafter, msPerToken: number): Drafter => ({
    ...made,
    async propose(request) {
      const ids = await made.propose(request);
      await new Promise((resolve) => setTimeout(resolve, msPerToken * ids.length));
      return ids;
    },
  });

  test('it drafts on while laps are on their way, and the answer is the plain one at every acceptance', async () => {
    const plain = await answer([], { sampling: SAMPLED, maxTokens: 60 });
    for (const make of [perfect, halfRight, wrong]) {
      const ring = makeRing([2, 5]);
      const seen = delayed(ring, 30);
      const speculation = new Speculation(() => slow(make(plain), 2));
      const options = testOptions({ speculation, sampling: SAMPLED, maxTokens: 60 });
      const { ids } = await new Conversation(async () => ring.client).generate(PROMPT, options);
      expect(ids).toEqual(plain);
      if (make === perfect) expect([seen.most > 1, seen.sent < 30]).toEqual([true, true]);
      expect(speculation.counts.accepted).toBeLessThanOrEqual(speculation.counts.drafted);
    }
  });

  test('a turn that ends while guesses are on their way leaves a session that goes on right', async () => {
    const plain = await answer([], { maxTokens: 40 });
    const ring = makeRing([3]);
    delayed(ring, 20);
    const conversation = new Conversation(async () => ring.client);
    const speculation = new Speculation(() => slow(perfect(plain), 1));
    let seen = 0;
    const options = testOptions({ speculation, maxTokens: 40, onToken: () => ++seen === 12 });
    const first = await conversation.generate(PROMPT, options);
    expect(first.ids).toEqual(plain.slice(0, 12));
    const longer = [...PROMPT, ...first.ids, 9];
    const second = await conversation.generate(longer, testOptions());
    const alone = await new Conversation(async () => makeRing([]).client).generate(longer, testOptions());
    expect(second.ids).toEqual(alone.ids);
  });

  test('a lap that fails while others are on their way ends the answer with its error', async () => {
    const plain = await answer([], { maxTokens: 40 });
    let runs = 0;
    const ring = makeRing([3], {
      beforeRun: (stage) => {
        if (stage === 1 && ++runs === 6) throw new Error('no more');
      },
    });
    delayed(ring, 20);
    const speculation = new Speculation(() => slow(perfect(plain), 2));
    const options = testOptions({ speculation, maxTokens: 40 });
    const generated = new Conversation(async () => ring.client).generate(PROMPT, options);
    await expect(generated).rejects.toThrow('no more');
  });
});
