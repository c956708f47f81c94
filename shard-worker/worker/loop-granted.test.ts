// A driver with a grant at the entry: how far its loop goes, what it must have signed for, and what is refused.
import { expect, test, vi } from 'vitest';
import { type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import { decodeFrame, encodeFrame, FRAME_FLAGS } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY, type Sampling } from '../../protocol/sampling.ts';
import { LoopClient } from '../driver/loop-client.ts';
import { JOB, testGrants } from '../driver/test-grant.ts';
import { answer, PROMPT, testOptions } from '../driver/test-ring.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { NOTHING_HEARD, TestLoops } from './test-loops.ts';

const orderOf = (maxTokens: number) => ({
  ...{
    sampling: GREEDY as Sampling,
    ids: PROMPT,
    maxTokens,
    eosIds: [] as number[],
    drafter: 'none' as const,
    turn: 1,
  },
});

/** A driver with keys and a grant, at the entry of two stages. */
async function granted() {
  const identity = await identityOf(await newIdentityKeys());
  const grants = testGrants(identity.peer);
  const readGrant = async (grant: string): Promise<OpenGrant> => (await grants.read(grant)).claims;
  const loops = new TestLoops({ driver: identity.peer, grants: grants.grants, readGrant });
  const made = loops.open([3]);
  const { claims } = await grants.read();
  const sign = (tokens: number, promptTokens = PROMPT.length): Promise<SignedDelivery> => {
    const { server, job, nonce, pool, driver } = claims;
    const note = { server, job, nonce, pool, peer: driver, promptTokens, cachedTokens: 0 };
    return signDelivery(identity, { ...note, delivered: [{ epoch: 1, tokens }] });
  };
  return { loops, made, grants, sign };
}

test('the loop rests past what its driver has signed for, whatever it says that it has, and however long it calls its prompt', async () => {
  const { loops, made, grants, sign } = await granted();
  const { ring } = made;
  const session = newSessionId();
  let heard = 0;
  const order = orderOf(2000);
  ring.ask(session, { ...order, jobGrant: await grants.read() }, { ...NOTHING_HEARD, onSampled: () => void heard++ });
  const rests = async (at: number): Promise<void> => {
    await vi.waitFor(() => expect(heard).toBe(at), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toBe(at);
  };
  await rests(257);
  ring.ack(session, PROMPT.length + 200, undefined);
  await rests(257);
  // Its own word for how long its prompt is.
  ring.ack(session, PROMPT.length + 100, await sign(0, 5000));
  await rests(257);
  const signed = await sign(100);
  ring.ack(session, PROMPT.length + 100, {
    ...signed,
    note: { ...signed.note, delivered: [{ epoch: 1, tokens: 250 }] },
  });
  await rests(257);
  ring.ack(session, PROMPT.length + 100, signed);
  await rests(357);
  // An older word that is shown again takes nothing back.
  ring.ack(session, PROMPT.length + 50, await sign(50));
  await rests(357);
  expect(loops.host.noteOf(JOB)?.note.delivered).toEqual([{ epoch: 1, tokens: 100 }]);
  // Whoever asks is over with it.
  await vi.waitFor(() => expect(loops.host.busy).toBe(0));
});

test('whoever asks for more than its grant’s prompt shows what it has signed for', async () => {
  const { made, grants, sign, loops } = await granted();
  const whole = await answer([], { maxTokens: 40 });
  const failed: string[] = [];
  let heard = 0;
  const ask = async (tokens: number, delivery?: SignedDelivery): Promise<void> => {
    const session = newSessionId();
    const order = { ...orderOf(40 - tokens), ids: [...PROMPT, ...whole.slice(0, tokens)], isFresh: true as const };
    const onError = ({ code }: { code: string }): void => void failed.push(code);
    const handlers = { ...NOTHING_HEARD, onError, onSampled: () => void heard++ };
    made.ring.ask(session, { ...order, jobGrant: await grants.read(), delivery }, handlers);
    const before = failed.length;
    await vi.waitFor(() => expect(failed.length - before + heard).toBeGreaterThan(0));
    made.ring.stop(session, false);
    await vi.waitFor(() => expect(loops.host.busy).toBe(0));
  };
  await ask(1);
  await ask(20, await sign(19));
  const signed = await sign(5);
  await ask(20, { ...signed, note: { ...signed.note, delivered: [{ epoch: 1, tokens: 20 }] } });
  expect([failed, heard]).toEqual([['grant-refused', 'grant-refused', 'grant-refused'], 0]);
  // Whatever epoch it names: it pays for them.
  await ask(20, await sign(20));
  expect([failed.length, heard > 0]).toEqual([3, true]);
});

test('a page that is opened again goes on by another token of the same job, while its loop runs: nothing is computed twice', async () => {
  const maxTokens = 120;
  const whole = await answer([], { maxTokens });
  for (const had of [5, 30]) {
    const { loops, made, grants, sign } = await granted();
    loops.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 1));
    const session = newSessionId();
    let heard = 0;
    const order = orderOf(maxTokens);
    made.ring.ask(
      session,
      { ...order, jobGrant: await grants.read() },
      { ...NOTHING_HEARD, onSampled: () => void heard++ },
    );
    await vi.waitFor(() => expect(heard).toBeGreaterThan(30));
    made.entry.close();
    made.exit.close();
    const again = loops.reopen(made);
    const client = new LoopClient(async () => again);
    client.goOn(session);
    const jobGrant = await grants.read(grants.seal());
    const resume = whole.slice(0, had);
    const witness = (): Promise<SignedDelivery> => sign(had + told);
    let told = 0;
    const onToken = (): undefined => {
      told++;
    };
    const options = testOptions({ maxTokens, resume, resumeEpoch: 1, jobGrant, witness, onToken });
    const got = await client.generate(PROMPT, options);
    expect(got.ids).toEqual(whole);
    expect(loops.slices.get('0/0-3')!.rows).toBe(PROMPT.length + maxTokens - 1);
  }
});

test('a driver whose words were lost goes on by what it has signed for when it comes back: at once, and with nothing missed', async () => {
  const maxTokens = 40;
  const whole = await answer([], { maxTokens });
  const { loops, made, grants, sign } = await granted();
  const grant = grants.seal({ ahead: 8 });
  const session = newSessionId();
  let heard = 0;
  const onSampled = (): void => void heard++;
  made.ring.ask(
    session,
    { ...orderOf(maxTokens), jobGrant: await grants.read(grant) },
    { ...NOTHING_HEARD, onSampled },
  );
  // It has all nine, and none of its acks arrived.
  await vi.waitFor(() => expect(heard).toBe(9));
  made.entry.close();
  made.exit.close();
  const client = new LoopClient(async () => loops.rings[0]!.ring);
  loops.rings[0]!.ring = loops.reopen(made);
  client.goOn(session);
  let told = 0;
  const onToken = (): undefined => void told++;
  const options = testOptions({ maxTokens, resume: whole.slice(0, 9), resumeEpoch: 1, onToken });
  const witness = (): Promise<SignedDelivery> => sign(9 + told);
  const got = await client.generate(PROMPT, { ...options, jobGrant: await grants.read(grant), witness });
  expect(got.ids).toEqual(whole);
  expect(loops.slices.get('0/0-3')!.rows).toBe(PROMPT.length + maxTokens - 1);
});

test.each<[string, Partial<ReturnType<typeof orderOf>>]>([
  ['another prompt of the same length', { ids: PROMPT.map((id, at) => (at === 3 ? id + 1 : id)) }],
  ['the same, to be sampled in another way', { sampling: { ...GREEDY, seed: 9, temperature: 1 } }],
])('a grant, and what was signed for it, is for one prompt: %s is refused in any session', async (_what, other) => {
  const { made, grants, sign, loops } = await granted();
  const ask = async (order: ReturnType<typeof orderOf>, session = newSessionId()): Promise<string[]> => {
    const said: string[] = [];
    const onError = ({ code }: { code: string }): void => void said.push(code);
    const handlers = { ...NOTHING_HEARD, onError, onDone: () => void said.push('done') };
    made.ring.ask(session, { ...order, isFresh: true as const, jobGrant: await grants.read() }, handlers);
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(0));
    return said;
  };
  const session = newSessionId();
  expect(await ask(orderOf(9), session)).toEqual(['done']);
  made.ring.ack(session, PROMPT.length + 9, await sign(9));
  expect(await ask({ ...orderOf(9), ...other, turn: 2 }, session)).toEqual(['grant-refused']);
  expect(await ask({ ...orderOf(9), ...other })).toEqual(['grant-refused']);
  expect(await ask({ ...orderOf(9), turn: 3 }, session)).toEqual(['done']);
  expect(loops.host.busy).toBe(0);
});

test('a prompt that is shorter than its driver told the server is refused: its answer would be paid as a prompt', async () => {
  const { made, grants, loops } = await granted();
  const failed: string[] = [];
  const onError = ({ code }: { code: string }): void => void failed.push(code);
  const jobGrant = await grants.read(grants.seal({ promptTokens: PROMPT.length + 1 }));
  made.ring.ask(newSessionId(), { ...orderOf(9), jobGrant }, { ...NOTHING_HEARD, onError });
  await vi.waitFor(() => expect(failed).toEqual(['grant-refused']));
  expect(loops.host.busy).toBe(0);
});

test('a grant may say that its loop is less ahead', async () => {
  const { made, grants } = await granted();
  let heard = 0;
  const order = orderOf(200);
  const jobGrant = await grants.read(grants.seal({ ahead: 8 }));
  made.ring.ask(newSessionId(), { ...order, jobGrant }, { ...NOTHING_HEARD, onSampled: () => void heard++ });
  await vi.waitFor(() => expect(heard).toBe(9));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(heard).toBe(9);
});

test.each<[string, string, (said: Awaited<ReturnType<typeof granted>>) => Promise<void>]>([
  [
    'an open without a grant that counts',
    'grant-refused',
    async ({ made, grants }) => {
      const other = testGrants(made.ring.seats[0]!.peer);
      const order = orderOf(9);
      const jobGrant = { ...(await grants.read()), grant: other.seal() } as never;
      made.ring.ask(newSessionId(), { ...order, jobGrant }, NOTHING_HEARD);
    },
  ],
  [
    'an open without a loop',
    'bad-frame',
    async ({ made }) => {
      const open = { driver: made.entry.peer, sampling: GREEDY };
      const payload = new TextEncoder().encode(JSON.stringify(open));
      made.entry.send(encodeFrame({ ...emptyFrame(1, newSessionId()), kind: 'open', dtype: 'json', payload }));
    },
  ],
  [
    'a prompt that nothing opened',
    'bad-frame',
    async ({ made }) => {
      const step = { kind: 'step', dtype: 'int32', tokens: 1, width: 1, flags: FRAME_FLAGS.sample } as const;
      const frame = { ...emptyFrame(1, newSessionId()), ...step, payload: new Uint8Array(4) };
      made.entry.send(encodeFrame(frame));
    },
  ],
])('a loop refuses %s, and keeps nothing of it', async (_what, code, say) => {
  const scene = await granted();
  const heard: { code: string }[] = [];
  const far = scene.loops.far(scene.made.entry);
  const send = far.send.bind(far);
  far.send = (bytes) => {
    const frame = decodeFrame(bytes);
    if (frame.kind === 'error') heard.push(JSON.parse(new TextDecoder().decode(frame.payload)));
    send(bytes);
  };
  await say(scene);
  await vi.waitFor(() => expect(heard[0]).toMatchObject({ code }));
  expect([scene.loops.host.busy, ...scene.made.nodes.map(({ sessions }) => sessions)]).toEqual([0, 0, 0]);
});
