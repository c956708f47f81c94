// Rings that break again before the stages that were new in them have computed anything: a tab that comes back may hold an older
// text of the same session, as long as the one that is asked for.
import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { Conversation } from './conversation.ts';
import { NgramDrafter } from './ngram-drafter.ts';
import { Speculation } from './speculation.ts';
import { makeRing, PROMPT, type TestRing, type TestSlice, testOptions } from './test-ring.ts';

const CUTS = [2, 5];
const SAMPLING = { temperature: 0.8, topK: 0, topP: 0.95, seed: 1 };

/** As one ring that nothing befalls answers it. */
const calm = async (prompt: readonly number[], seed: number): Promise<number[]> => {
  const { client } = makeRing([]);
  const options = testOptions({ sampling: { ...SAMPLING, seed } });
  return (await new Conversation(async () => client).generate(prompt, options)).ids;
};

/** 0 is the driver's way in, 3 its way out. */
const cut = (ring: TestRing, at: number): void => [ring.entry, ...ring.links, ring.exit][at]!.close();

test('a stage that was new in a ring which broke at once is new again in the next one', async () => {
  const [X, Y, W, V, Z] = [0, 1, 2, 20, 11];
  const slices = new Map<string, TestSlice>();
  let epoch = 0;
  let ring!: TestRing;
  const form = (tabs: number[]): void => {
    epoch += 1;
    ring = makeRing(CUTS, { epoch, slices, tabs });
  };
  const cutOff = (): void => {
    for (const at of [2, 3]) cut(ring, at);
  };
  form([X, Y, W]);
  const next = [
    // W is back, and Y gone before W has heard of it; then another one takes Y's seat.
    () => {
      form([X, Y, W]);
      cut(ring, 2);
    },
    () => form([X, Z, W]),
  ];
  const conversation = new Conversation(async (_signal, avoid) => {
    while (ring.client.ended || ring.client === avoid) next.shift()!();
    return ring.client;
  });
  await conversation.generate(PROMPT, testOptions({ sampling: SAMPLING }));
  cutOff();
  // Another one takes W's seat, and another answer to the same is asked for.
  form([X, Y, V]);
  let emitted = 0;
  const again = await conversation.generate(
    PROMPT,
    testOptions({
      sampling: { ...SAMPLING, seed: 2 },
      onToken: () => {
        emitted += 1;
        if (emitted === 8) cutOff();
        return undefined;
      },
    }),
  );
  expect(again.ids).toEqual(await calm(PROMPT, 2));
  expect(next).toEqual([]);
});

test('whatever breaks when, an answer is the calm one', { timeout: 60_000 }, async () => {
  let answers = 0;
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = new SeededRandom(seed);
    const slices = new Map<string, TestSlice>();
    const tabsOf = [
      [0, 10],
      [1, 11, 12],
      [2, 20],
    ];
    let epoch = 0;
    let ring!: TestRing;
    const form = (): void => {
      epoch += 1;
      const tabs = tabsOf.map((some) => some[random.whole(0, some.length - 1)]!);
      ring = makeRing(CUTS, { epoch, slices, tabs, lapTimeoutMs: 300 });
      if (random.whole(0, 2) > 0) return;
      const [mine, at, delay] = [ring, random.whole(0, 3), random.whole(0, 3)];
      if (delay === 0) cut(mine, at);
      else setTimeout(() => cut(mine, at), delay - 1);
    };
    form();
    const conversation = new Conversation(async (_signal, avoid) => {
      while (ring.client.ended || ring.client === avoid) form();
      return ring.client;
    });
    for (let turn = 0; turn < 3; turn += 1) {
      const prompt = [
        ...PROMPT.slice(0, 20 + random.whole(0, 17)),
        ...(random.whole(0, 1) ? [random.whole(0, 100)] : []),
      ];
      const own = random.whole(1, 5);
      const cuts = [random.whole(1, 30)];
      cuts.push(cuts[0]! + random.whole(1, 6));
      const speculation = random.whole(0, 1)
        ? new Speculation(() => new NgramDrafter(), { windows: new Map() })
        : undefined;
      let emitted = 0;
      const answer = await conversation
        .generate(
          prompt,
          testOptions({
            sampling: { ...SAMPLING, seed: own },
            ...(speculation ? { speculation } : {}),
            onToken: () => {
              emitted += 1;
              if (cuts.includes(emitted)) cut(ring, random.whole(0, 3));
              return undefined;
            },
          }),
        )
        // Too many in a row: then it says so.
        .catch((error) => PoolError.from(error));
      if (answer instanceof PoolError) expect(answer.kind, `seed ${seed}`).toBe('disappeared');
      else {
        expect(answer.ids, `seed ${seed}, turn ${turn}`).toEqual(await calm(prompt, own));
        answers += 1;
      }
    }
    conversation.close();
  }
  expect(answers).toBeGreaterThan(25);
});
