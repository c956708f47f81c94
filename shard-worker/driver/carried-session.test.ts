// An answer whose ring loses a stage goes on with what the others hold: the same text, and nobody but the new stage computes
// a row again.
import { expect, test } from 'vitest';
import type { CodecPolicy } from '../../protocol/codec.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { Conversation } from './conversation.ts';
import { freshStages } from './fresh-stages.ts';
import type { GenerateOptions } from './generate-options.ts';
import { NgramDrafter } from './ngram-drafter.ts';
import { Speculation } from './speculation.ts';
import { answer, makeRing, PROMPT, SAMPLED, type TestRing, type TestSlice, testOptions } from './test-ring.ts';

const CUTS = [2, 5];
const SPARE = 7;
const LOST_AFTER = 9;

interface Loss {
  /** Which stage is lost; its tab is another one in the next ring. */
  stage?: number;
  /** Layers of the next ring, if they are others. */
  cuts?: number[];
  options?: Partial<GenerateOptions>;
  /** What happens to the slices between the two rings. */
  meanwhile?(slices: Map<string, TestSlice>): void;
}

/** A stage dies after some tokens: its links close as those of a tab that is gone. */
async function loseStage({ stage = 1, cuts = CUTS, options = {}, meanwhile }: Loss) {
  const slices = new Map<string, TestSlice>();
  const first = makeRing(CUTS, { slices });
  const tabs = [0, 1, 2].map((tab) => (tab === stage ? SPARE : tab)).slice(0, cuts.length + 1);
  let second: TestRing | undefined;
  const cached: number[] = [];
  let rowsBefore = new Map<string, number>();
  let emitted = 0;
  const conversation = new Conversation(async (_signal, avoid) => {
    if (!second && avoid !== first.client) return first.client;
    if (!second) {
      rowsBefore = new Map([...slices].map(([key, { rows }]) => [key, rows]));
      meanwhile?.(slices);
      second = makeRing(cuts, { epoch: 2, slices, tabs });
    }
    return second.client;
  });
  const got = await conversation.generate(
    PROMPT,
    testOptions({
      sampling: SAMPLED,
      onCached: (tokens) => void cached.push(tokens),
      onToken: () => {
        if (++emitted === LOST_AFTER) {
          if (stage > 0) first.links[stage - 1]!.close();
          first.links[stage]?.close();
          if (stage === 0) first.entry.close();
          if (stage === CUTS.length) first.exit.close();
        }
        return undefined;
      },
      ...options,
    }),
  );
  const again = (key: string): number => slices.get(key)!.rows - (rowsBefore.get(key) ?? 0);
  return { ids: got.ids, again, cached, conversation, second: second!, slices };
}

const LAPS_LEFT = 24 - LOST_AFTER;

test.each([0, 1, 2])('stage %i is lost: the survivors compute no row again, the new one all of them', async (stage) => {
  const { ids, again, cached } = await loseStage({ stage });
  expect(ids).toEqual(await answer([], { sampling: SAMPLED }));
  const keys = ['0/0-2', '1/2-5', '2/5-8'];
  const spare = `${SPARE}/${keys[stage]!.split('/')[1]}`;
  for (const key of keys.filter((_, at) => at !== stage)) {
    expect(again(key)).toBeGreaterThan(0);
    // One row that was on its way, at most.
    expect(again(key)).toBeLessThanOrEqual(LAPS_LEFT + 1);
  }
  expect(again(spare)).toBeGreaterThan(PROMPT.length);
  // What the caller is told of caches was told once, at the beginning.
  expect(cached).toEqual([0]);
});

test.each(['exact', 'f16', 'int8'] as const)(
  'hidden states that travelled as %s are replayed as they were',
  async (codec: CodecPolicy) => {
    const { ids, again } = await loseStage({ options: { codec } });
    expect(ids).toEqual(await answer(CUTS, { sampling: SAMPLED, codec }));
    expect(again('2/5-8')).toBeLessThanOrEqual(LAPS_LEFT + 1);
  },
);

test('while tokens are drafted: what was guessed wrong is taken back, and the text is the same', async () => {
  const ngram = new NgramDrafter();
  const speculation = () => new Speculation(() => ngram, { windows: new Map() });
  const { ids } = await loseStage({ options: { speculation: speculation(), sampling: GREEDY } });
  expect(ids).toEqual(await answer([], { sampling: GREEDY }));
});

test('what is not kept any more is computed again from the ids, by all', async () => {
  const { ids, again } = await loseStage({
    meanwhile: (slices) => {
      for (const session of slices.get('0/0-2')!.sessions.all()) session.sent.clear();
    },
  });
  expect(ids).toEqual(await answer([], { sampling: SAMPLED }));
  expect(again('2/5-8')).toBeGreaterThan(PROMPT.length);
});

test('a survivor that has let the session go: computed again from the ids', async () => {
  const { ids } = await loseStage({
    meanwhile: (slices) => {
      const { sessions } = slices.get('2/5-8')!;
      for (const session of sessions.all()) sessions.remove(session);
    },
  });
  expect(ids).toEqual(await answer([], { sampling: SAMPLED }));
});

test('a survivor whose cache is shorter than its word: refused, never computed on', async () => {
  const { ids } = await loseStage({
    meanwhile: (slices) => {
      for (const session of slices.get('2/5-8')!.sessions.all()) session.cache.crop(20);
    },
  });
  expect(ids).toEqual(await answer([], { sampling: SAMPLED }));
});

test('another cut of layers: the stage whose layers stay goes on, the others begin anew', async () => {
  const { ids, again } = await loseStage({ stage: 1, cuts: [2, 4] });
  expect(ids).toEqual(await answer([], { sampling: SAMPLED }));
  expect(again('0/0-2')).toBeLessThanOrEqual(LAPS_LEFT + 1);
  expect(again('2/4-8')).toBeGreaterThan(PROMPT.length);
});

test('the next turn goes on over the new ring, and its end frees every cache', async () => {
  const { ids, conversation, second, slices } = await loseStage({});
  const longer = [...PROMPT, ...ids, 7, 8, 9];
  const next = await conversation.generate(longer, testOptions());
  const fresh = makeRing([]);
  expect(next.ids).toEqual((await new Conversation(async () => fresh.client).generate(longer, testOptions())).ids);
  conversation.close();
  await expect.poll(() => second.nodes.map(({ sessions }) => sessions)).toEqual([0, 0, 0]);
  for (const key of ['0/0-2', `${SPARE}/2-5`, '2/5-8']) expect(slices.get(key)!.sessions.size).toBe(0);
});

test('the number of a stage is fresh when its tab or its layers are others', () => {
  const seats = makeRing(CUTS).client.seats;
  expect(freshStages(seats, seats)).toEqual([]);
  expect(freshStages(seats, makeRing([2, 4], { tabs: [0, SPARE, 2] }).client.seats)).toEqual([1, 2]);
  expect(freshStages(seats, makeRing([5], { tabs: [1, 2] }).client.seats)).toEqual([0]);
});
