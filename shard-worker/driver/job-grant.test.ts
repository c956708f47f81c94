// What stages sign for a driver's jobs, over a ring that asks for grants, and which epoch its tokens come from.
import { expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { MAX_DRAFT_WINDOW } from '../../protocol/limits.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import { Conversation } from './conversation.ts';
import { NgramDrafter } from './ngram-drafter.ts';
import { Speculation } from './speculation.ts';
import { JOB, testGrants } from './test-grant.ts';
import { answer, makeRing, PROMPT, peer, SAMPLED, type TestRing, testOptions } from './test-ring.ts';

const identity = await identityOf(await newIdentityKeys());
type Grants = ReturnType<typeof testGrants>;

/** Over all stages of an epoch, in their order. */
async function receiptsOf({ registries }: Grants, { job = JOB, epoch = 1 } = {}): Promise<Receipt[]> {
  const signed = await Promise.all(registries.map((registry) => registry.receiptsFor(identity, { job, epoch })));
  return signed.flat().map(({ receipt }) => receipt);
}

/** Resolves with how many laps a driver has sent, once all are back: those on their way at an answer's end are computed too. */
function countLaps({ client }: TestRing): () => Promise<number> {
  const laps: Promise<unknown>[] = [];
  const lap = client.lap.bind(client);
  client.lap = (session, request) => {
    const sent = lap(session, request);
    laps.push(sent);
    return sent;
  };
  return async () => (await Promise.all(laps)).length;
}

test('chains of stages agree at every edge, drafts that were taken back included', async () => {
  const grants = testGrants(identity.peer);
  const ring = makeRing([2, 5], { self: identity.peer, grants: grants.grants });
  const lapsOf = countLaps(ring);
  const jobGrant = await grants.read();
  // Always wrong from the second token on, and sometimes right before: rows are taken back.
  const whole = await answer([], { sampling: SAMPLED });
  const speculation = new Speculation(() => ({
    kind: 'ngram',
    propose: async ({ history }) => [whole[history.length - PROMPT.length]!, 3, 4],
    close: () => {},
  }));
  const conversation = new Conversation(async () => ring.client);
  const options = testOptions({ sampling: SAMPLED, jobGrant, speculation, logprobs: 2, chunkTokens: 10 });
  expect((await conversation.generate(PROMPT, options)).ids).toEqual(whole);
  expect(speculation.counts.accepted).toBeLessThan(speculation.counts.drafted);

  const frames = await lapsOf();
  const stages = await receiptsOf(grants);
  expect(stages.map(({ peer, start, end }) => [peer, start, end])).toEqual([
    [peer(0), 0, 2],
    [peer(1), 2, 5],
    [peer(2), 5, 8],
  ]);
  // The last token is never computed, drafted rows may reach as far as the answer does.
  const common = { job: JOB, epoch: 1, frames, from: 0, to: PROMPT.length + whole.length - 1 };
  for (const stage of stages) expect(stage).toMatchObject({ ...common, lastFrom: stages[0]!.lastFrom });
  expect(stages[0]!.chainOut).toBe(stages[1]!.chainIn);
  expect(stages[1]!.chainOut).toBe(stages[2]!.chainIn);
});

test.each([
  ['none are drafted', 0],
  ['drafts are right', MAX_DRAFT_WINDOW],
])(
  'while %s, a driver that stops has fed no further ahead of its tokens than settlement allows',
  async (_what, ahead) => {
    const whole = await answer([]);
    for (const stopAt of [2, 7, 15]) {
      const grants = testGrants(identity.peer);
      const ring = makeRing([3], { self: identity.peer, grants: grants.grants });
      const lapsOf = countLaps(ring);
      const propose = async ({ history, most }: { history: readonly number[]; most: number }) =>
        whole.slice(history.length - PROMPT.length, history.length - PROMPT.length + most);
      const perfect = new Speculation(() => ({ kind: 'ngram', propose, close: () => {} }));
      let seen = 0;
      const onToken = () => ++seen === stopAt;
      const options = { jobGrant: await grants.read(), onToken, ...(ahead > 0 ? { speculation: perfect } : {}) };
      await new Conversation(async () => ring.client).generate(PROMPT, testOptions(options));
      const laps = await lapsOf();
      const stages = await receiptsOf(grants);
      expect(stages.map(({ frames }) => frames)).toEqual([laps, laps]);
      for (const { lastFrom } of stages) {
        expect(lastFrom - ahead).toBeLessThanOrEqual(PROMPT.length - 1 + stopAt);
        // Plain laps are fed one token after another: the last one had all results but its own.
        if (ahead === 0) expect(lastFrom).toBe(PROMPT.length - 2 + stopAt);
      }
    }
  },
);

test('the next turn is another job with receipts of its own, over the same session', async () => {
  const grants = testGrants(identity.peer);
  const second = 'c'.repeat(32) as JobId;
  const ring = makeRing([3], { self: identity.peer, grants: grants.grants });
  const jobGrants = [await grants.read(), await grants.read(grants.seal({ job: second }))];
  const conversation = new Conversation(async () => ring.client);
  const first = await conversation.generate(PROMPT, testOptions({ jobGrant: jobGrants[0] }));
  const longer = [...PROMPT, ...first.ids, 5];
  await conversation.generate(longer, testOptions({ jobGrant: jobGrants[1] }));
  const [one, two] = [await receiptsOf(grants), await receiptsOf(grants, { job: second })];
  expect(new Set([...one, ...two].map(({ session }) => session)).size).toBe(1);
  const range = [0, PROMPT.length + 23];
  expect(one.map(({ from, to }) => [from, to])).toEqual([range, range]);
  const next = [second, PROMPT.length + 23, longer.length + 23];
  expect(two.map(({ job, from, to }) => [job, from, to])).toEqual([next, next]);
});

test('an answer that went on over another epoch tells where each token came from, and has receipts of both', async () => {
  const grants = testGrants(identity.peer);
  const rings = [1, 2].map((epoch) => makeRing([3], { epoch, self: identity.peer, grants: grants.grants }));
  const jobGrant = await grants.read();
  const epochs: number[] = [];
  const conversation = new Conversation(async () => rings.find(({ client }) => !client.ended)!.client);
  const onToken = (_row: ResultRow, epoch: number) => {
    if (epochs.push(epoch) === 6) rings[0]!.entry.close();
    return undefined;
  };
  const { ids } = await conversation.generate(PROMPT, testOptions({ jobGrant, onToken }));
  expect(ids).toEqual(await answer([]));
  expect(epochs).toEqual(ids.map((_, index) => (index < 6 ? 1 : 2)));
  // The prefill and five laps; the whole again and the rest.
  for (const [epoch, frames, to] of [
    [1, 6, PROMPT.length + 5],
    [2, 18, PROMPT.length + 23],
  ]) {
    const stages = await receiptsOf(grants, { epoch: epoch! });
    expect(stages.map((receipt) => [receipt.frames, receipt.to])).toEqual([
      [frames, to],
      [frames, to],
    ]);
  }
});

test('without a grant, and beyond what it pays, stages refuse and the driver reports it at once', async () => {
  const grants = testGrants(identity.peer);
  const ring = makeRing([3], { self: identity.peer, grants: grants.grants });
  const conversation = () => new Conversation(async () => ring.client);
  await expect(conversation().generate(PROMPT, testOptions())).rejects.toMatchObject({ code: 'grant-refused' });
  const jobGrant = await grants.read(grants.seal({ maxPosition: PROMPT.length + 3 }));
  const speculation = new Speculation(() => new NgramDrafter());
  const short = testOptions({ jobGrant, maxTokens: 4, speculation });
  expect((await conversation().generate(PROMPT, short)).ids).toHaveLength(4);
  const long = testOptions({ jobGrant, maxTokens: 5 });
  await expect(conversation().generate(PROMPT, long)).rejects.toMatchObject({ code: 'grant-refused' });
});

test('a grant of another driver, pool or server is refused before anything is opened', async () => {
  const grants = testGrants(identity.peer);
  const other = testGrants(peer(7));
  for (const grant of [other.seal(), grants.seal({ driver: peer(7) }), grants.seal({ pool: 'x' }), 'nonsense']) {
    await expect(grants.read(grant)).rejects.toMatchObject({ code: 'grant-refused' });
  }
});
