// What the driver signs against what the stages sign, over a ring that asks for grants.
import { expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { checkReceipt } from '../../protocol/receipt.ts';
import { Conversation } from './conversation.ts';
import { NgramDrafter } from './ngram-drafter.ts';
import { Speculation } from './speculation.ts';
import { JOB, testGrants } from './test-grant.ts';
import { answer, makeRing, PROMPT, peer, SAMPLED, testOptions } from './test-ring.ts';

const identity = await identityOf(await newIdentityKeys());
const grants = testGrants(identity.peer);

test('the chains of driver and stages agree at every edge, drafts that were taken back included', async () => {
  const ring = makeRing([2, 5], { self: identity.peer, grants: grants.grants });
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

  const [signed, ...others] = await jobGrant.receipts(identity);
  expect(others).toEqual([]);
  const driver = await checkReceipt(signed!);
  expect(driver).toMatchObject({ role: 'driver', job: JOB, epoch: 1, start: 0, end: 8, from: 0, computeMs: 0 });
  // The last token is never computed, drafted rows may reach as far as the answer does.
  expect(driver.to).toBe(PROMPT.length + whole.length - 1);
  const query = { job: JOB, epoch: 1, sessions: [{ session: driver.session, frames: driver.frames }] };
  const stages = await Promise.all(
    grants.registries.map(async (registry) => (await registry.receiptsFor({ ...identity }, query))[0]!.receipt),
  );
  expect(stages.map(({ frames, from, to }) => [frames, from, to])).toEqual(
    stages.map(() => [driver.frames, driver.from, driver.to]),
  );
  expect(stages[0]!.chainIn).toBe(driver.chainIn);
  expect(stages[0]!.chainOut).toBe(stages[1]!.chainIn);
  expect(stages[1]!.chainOut).toBe(stages[2]!.chainIn);
  expect(stages[2]!.chainOut).toBe(driver.chainOut);
});

test('the next turn is another job with receipts of its own, over the same session', async () => {
  const second = 'c'.repeat(32) as JobId;
  const ring = makeRing([3], { self: identity.peer, grants: grants.grants });
  const jobGrants = [await grants.read(), await grants.read(grants.seal({ job: second }))];
  const conversation = new Conversation(async () => ring.client);
  const first = await conversation.generate(PROMPT, testOptions({ jobGrant: jobGrants[0] }));
  const longer = [...PROMPT, ...first.ids, 5];
  await conversation.generate(longer, testOptions({ jobGrant: jobGrants[1] }));
  const [one] = await jobGrants[0]!.receipts(identity);
  const [two] = await jobGrants[1]!.receipts(identity);
  expect(two!.receipt.session).toBe(one!.receipt.session);
  expect([one!.receipt.from, one!.receipt.to]).toEqual([0, PROMPT.length + 23]);
  expect([two!.receipt.job, two!.receipt.from, two!.receipt.to]).toEqual([
    second,
    PROMPT.length + 23,
    longer.length + 23,
  ]);
});

test('an answer that went on over another epoch has a receipt of each', async () => {
  const rings = [1, 2].map((epoch) => makeRing([3], { epoch, self: identity.peer, grants: grants.grants }));
  const jobGrant = await grants.read();
  let seen = 0;
  const conversation = new Conversation(async () => rings.find(({ client }) => !client.ended)!.client);
  const onToken = () => {
    if (++seen === 6) rings[0]!.entry.close();
    return undefined;
  };
  const { ids } = await conversation.generate(PROMPT, testOptions({ jobGrant, onToken }));
  expect(ids).toEqual(await answer([]));
  const receipts = await jobGrant.receipts(identity);
  // The prefill and five laps; the whole again and the rest.
  expect(receipts.map(({ receipt }) => [receipt.epoch, receipt.frames, receipt.to])).toEqual([
    [1, 6, PROMPT.length + 5],
    [2, 18, PROMPT.length + 23],
  ]);
});

test('without a grant, and beyond what it pays, stages refuse and the driver reports it at once', async () => {
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
  const other = testGrants(peer(7));
  for (const grant of [other.seal(), grants.seal({ driver: peer(7) }), grants.seal({ pool: 'x' }), 'nonsense']) {
    await expect(grants.read(grant)).rejects.toMatchObject({ code: 'grant-refused' });
  }
});
