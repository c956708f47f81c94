// The loop at the entry, over rings of arithmetic: its driver gets the ids of solo whatever the cuts, the drafter, the losses and the
// distance; and a driver that is away, or lied to.
import { describe, expect, test, vi } from 'vitest';
import { GREEDY } from '../../protocol/sampling.ts';
import type { Drafter } from '../driver/drafter.ts';
import type { GenerateOptions } from '../driver/generate-options.ts';
import { LoopClient } from '../driver/loop-client.ts';
import { NgramDrafter } from '../driver/ngram-drafter.ts';
import { Speculation } from '../driver/speculation.ts';
import { answer, PROMPT, SAMPLED, testOptions } from '../driver/test-ring.ts';
import { TestLoops } from './test-loops.ts';

const CUTS = [[], [4], [2, 5], [1, 2, 3, 4, 5, 6, 7]];

describe.each(CUTS.map((cuts) => [cuts]))('cuts %j', (cuts) => {
  test.each([
    ['greedy', GREEDY],
    ['temperature 0.8', SAMPLED],
  ])('give the solo tokens: %s', async (_how, sampling) => {
    const loops = new TestLoops();
    loops.open(cuts);
    const got = await loops.client().generate(PROMPT, testOptions({ sampling }));
    expect(got).toEqual({ ids: await answer([], { sampling }), finishReason: 'length' });
  });

  test('and log-probabilities, and two turns of which the second finds the first', async () => {
    const loops = new TestLoops();
    loops.open(cuts);
    const client = loops.client();
    const rows: unknown[] = [];
    const onToken: GenerateOptions['onToken'] = (row) => void rows.push(row.top?.map(({ id }) => id));
    const first = await client.generate(PROMPT, testOptions({ logprobs: 3, onToken }));
    const plain: unknown[] = [];
    await answer([], { logprobs: 3, onToken: (row) => void plain.push(row.top?.map(({ id }) => id)) });
    expect(rows).toEqual(plain);
    const longer = [...PROMPT, ...first.ids, 7, 8];
    let cached = 0;
    const onCached = (tokens: number): void => {
      cached = tokens;
    };
    const second = await client.generate(longer, testOptions({ onCached }));
    const fresh = new TestLoops();
    fresh.open([]);
    expect(second.ids).toEqual((await fresh.client().generate(longer, testOptions())).ids);
    // The last token of the first turn was never computed.
    expect(cached).toBe(PROMPT.length + first.ids.length - 1);
    const edited = [...PROMPT.slice(0, 20), 1, 2, 3];
    const third = await client.generate(edited, testOptions({ onCached }));
    expect([third.ids, cached]).toEqual([(await fresh.client().generate(edited, testOptions())).ids, 20]);
  });
});

const drafter = (propose: Drafter['propose']): Drafter => ({ kind: 'ngram', propose, close: () => {} });

test.each([
  [
    'a perfect one',
    (whole: number[]) =>
      drafter(async ({ history, most }) => whole.slice(history.length - PROMPT.length).slice(0, most)),
  ],
  [
    'one that is half right',
    (whole: number[]) => {
      let round = 0;
      return drafter(async ({ history, most }) => {
        round++;
        const from = history.length - PROMPT.length;
        return whole.slice(from, from + most).map((id, index) => (index < round % 4 ? id : (id + 1) % 101));
      });
    },
  ],
  [
    'one that is always wrong',
    (whole: number[]) => drafter(async ({ history }) => [(whole[history.length - PROMPT.length]! + 1) % 101, 3, 4]),
  ],
  ['lookup', () => new NgramDrafter()],
])('a drafter at the entry, %s, gives the plain tokens', async (_which, make) => {
  for (const sampling of [GREEDY, SAMPLED]) {
    const whole = await answer([], { sampling });
    const loops = new TestLoops();
    loops.speculation = () => new Speculation(() => make(whole));
    loops.open([2, 5]);
    const drafted: unknown[] = [];
    const got = await loops
      .client()
      .generate(PROMPT, testOptions({ sampling, drafter: 'ngram', onDrafted: (counts) => void drafted.push(counts) }));
    expect(got.ids).toEqual(whole);
    expect(drafted).toEqual([expect.objectContaining({ drafted: expect.any(Number), accepted: expect.any(Number) })]);
  }
});

test('an answer that its driver stops at any token goes on from there in the next turn', async () => {
  const whole = await answer([]);
  for (let stop = 1; stop <= 12; stop++) {
    const loops = new TestLoops();
    loops.open([3]);
    const client = loops.client();
    let told = 0;
    const first = await client.generate(PROMPT, testOptions({ onToken: () => ++told === stop }));
    expect(first).toEqual({ ids: whole.slice(0, stop), finishReason: 'stop' });
    const longer = [...PROMPT, ...first.ids, 9];
    const fresh = new TestLoops();
    fresh.open([]);
    const second = await client.generate(longer, testOptions());
    expect(second.ids).toEqual((await fresh.client().generate(longer, testOptions())).ids);
  }
});

test('an end of sequence ends it, and one at the very first token', async () => {
  const whole = await answer([]);
  for (const at of [0, 5]) {
    const loops = new TestLoops();
    loops.open([3]);
    const first = whole.indexOf(whole[at]!);
    const got = await loops.client().generate(PROMPT, testOptions({ eosIds: new Set([whole[at]!]) }));
    expect(got).toEqual({ ids: whole.slice(0, first), finishReason: 'stop' });
    await vi.waitFor(() => expect(loops.host.busy).toBe(0));
  }
});

test('what is cancelled ends at the entry too; closed, its caches go', async () => {
  const loops = new TestLoops();
  const { nodes } = loops.open([2, 5]);
  const abort = new AbortController();
  let told = 0;
  const onToken = (): undefined => {
    if (++told === 3) abort.abort();
  };
  const client = loops.client();
  const got = await client.generate(PROMPT, testOptions({ signal: abort.signal, maxTokens: 200, onToken }));
  expect(got.finishReason).toBe('cancelled');
  await vi.waitFor(() => expect(loops.host.busy).toBe(0));
  expect(loops.slices.get('0/0-2')!.rows).toBeLessThan(PROMPT.length + 20);
  client.close();
  await vi.waitFor(() => expect(nodes.map(({ sessions }) => sessions)).toEqual([0, 0, 0]));
});

test.each([
  ['at once', 0],
  ['a while later', 30],
])(
  'a stage that disappears: the answer goes on over the next ring, which comes %s, with what the entry holds',
  async (_when, pauseMs) => {
    const whole = await answer([], { sampling: SAMPLED });
    const loops = new TestLoops();
    const first = loops.open([2, 5]);
    let told = 0;
    const onToken = (): undefined => {
      if (++told !== 8) return;
      const next = (): void => void loops.open([2, 5], { epoch: 2, tabs: [0, 7, 2] });
      if (pauseMs > 0) setTimeout(next, pauseMs);
      else next();
      for (const hop of first.hops) hop.close();
      first.exit.close();
    };
    const got = await loops.client().generate(PROMPT, testOptions({ sampling: SAMPLED, onToken }));
    expect(got.ids).toEqual(whole);
    // The entry computed nothing twice.
    expect(loops.slices.get('0/0-2')!.rows).toBeLessThan(PROMPT.length + whole.length + 3);
  },
);

test('a session that a stage has let go between two turns is computed again, and nobody is blamed', async () => {
  const loops = new TestLoops();
  loops.open([2, 5]);
  const client = loops.client();
  const first = await client.generate(PROMPT, testOptions());
  const { sessions } = loops.slices.get('1/2-5')!;
  for (const session of sessions.of(1)) sessions.remove(session);
  const longer = [...PROMPT, ...first.ids, 7];
  const cached: number[] = [];
  const second = await client.generate(longer, testOptions({ onCached: (tokens) => void cached.push(tokens) }));
  const fresh = new TestLoops();
  fresh.open([]);
  expect(second.ids).toEqual((await fresh.client().generate(longer, testOptions())).ids);
  // What it had said to find in the caches was lost with them.
  expect(cached.at(-1)).toBe(0);
});

test('the entry disappears: the answer goes on at another one', async () => {
  const whole = await answer([], { sampling: SAMPLED });
  const [before, after] = [new TestLoops(), new TestLoops()];
  const first = before.open([3]);
  const client = new LoopClient(async () => (first.ring.ended ? after.rings[0]!.ring : first.ring));
  let told = 0;
  const onToken = (): undefined => {
    if (++told !== 8) return;
    after.open([3], { epoch: 2 });
    first.entry.close();
  };
  const got = await client.generate(PROMPT, testOptions({ sampling: SAMPLED, onToken }));
  expect(got.ids).toEqual(whole);
});

test('a prompt of more than the model holds is refused', async () => {
  const loops = new TestLoops();
  const { ring } = loops.open([3]);
  const client = new LoopClient(async () => ring);
  const long = Array.from({ length: 5000 }, () => 1);
  await expect(client.generate(long, testOptions({ maxContext: 9000 }))).rejects.toMatchObject({
    code: 'context-exceeded',
  });
});
