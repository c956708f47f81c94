// A driver that is away from its loop at the entry, one that lies, and one that is lied to.
import { expect, test, vi } from 'vitest';
import { type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import { decodeFrame, encodeFrame, FRAME_FLAGS } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { LoopClient } from '../driver/loop-client.ts';
import type { LoopHandlers } from '../driver/loop-ring.ts';
import { JOB, testGrants } from '../driver/test-grant.ts';
import { answer, PROMPT, testOptions } from '../driver/test-ring.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { TestLoops } from './test-loops.ts';

const NOTHING: LoopHandlers = {
  ...{ onFed() {}, onSampled() {}, onMissed() {}, onBegun() {}, onDone() {}, onError() {}, onFault() {} },
};

const orderOf = (maxTokens: number) => ({
  ...{ sampling: GREEDY, ids: PROMPT, maxTokens, eosIds: [] as number[], drafter: 'none' as const, turn: 1 },
});

test('a driver that acknowledges nothing is waited for, and one that comes back gets the rest', async () => {
  const maxTokens = 600;
  const whole = await answer([], { maxTokens });
  const loops = new TestLoops();
  const first = loops.open([3]);
  const session = newSessionId();
  const heard: number[] = [];
  first.ring.ask(
    session,
    { sampling: GREEDY, ids: PROMPT, maxTokens, eosIds: [], drafter: 'none', turn: 1 },
    { ...NOTHING, onSampled: (_lap, rows) => void heard.push(...rows.map(({ id }) => id)) },
  );
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(255));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toEqual(whole.slice(0, 257));
  first.entry.close();
  first.exit.close();
  // A page that was opened again: it knows what it has shown, and which session it was.
  const again = loops.reopen(first);
  const client = new LoopClient(async () => again);
  client.goOn(session);
  const got = await client.generate(PROMPT, testOptions({ maxTokens, resume: whole.slice(0, 100) }));
  expect(got.ids).toEqual(whole);
  // All of it was computed once.
  expect(loops.slices.get('0/0-3')!.rows).toBe(PROMPT.length + maxTokens - 1);
});

test('a driver that is away goes on missing nothing while its ring is replaced', async () => {
  const maxTokens = 200;
  const whole = await answer([], { maxTokens });
  const loops = new TestLoops();
  const first = loops.open([3]);
  const session = newSessionId();
  let heard = 0;
  const onSampled = (): void => {
    heard++;
    if (heard !== 20) return;
    first.entry.close();
    first.exit.close();
    loops.open([3], { epoch: 2, tabs: [0, 7] });
    first.hops[0]!.close();
  };
  first.ring.ask(
    session,
    { sampling: GREEDY, ids: PROMPT, maxTokens, eosIds: [], drafter: 'none', turn: 1 },
    { ...NOTHING, onSampled },
  );
  await vi.waitFor(() => expect([heard >= 20, loops.host.busy]).toEqual([true, 0]), 5_000);
  const client = new LoopClient(async () => loops.rings[1]!.ring);
  client.goOn(session);
  const got = await client.generate(PROMPT, testOptions({ maxTokens, resume: whole.slice(0, 10), resumeEpoch: 1 }));
  expect(got).toEqual({ ids: whole, finishReason: 'length' });
  expect(loops.slices.get('0/0-3')!.rows).toBeLessThan(PROMPT.length + maxTokens + 2);
});

test('a driver that never comes back is let go', async () => {
  const loops = new TestLoops();
  const { ring, nodes, entry, exit } = loops.open([3]);
  ring.ask(
    newSessionId(),
    { sampling: GREEDY, ids: PROMPT, maxTokens: 2000, eosIds: [], drafter: 'none', turn: 1 },
    NOTHING,
  );
  await vi.waitFor(() => expect(loops.host.busy).toBe(1));
  entry.close();
  exit.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  loops.host.sweep();
  expect(loops.host.busy).toBe(1);
  loops.nowMs += 11 * 60_000;
  loops.host.sweep();
  await vi.waitFor(() => expect([loops.host.busy, ...nodes.map(({ sessions }) => sessions)]).toEqual([0, 0, 0]));
});

const bentIds = (bytes: Uint8Array): Uint8Array => {
  const frame = decodeFrame(bytes);
  const payload = frame.payload.slice();
  new DataView(payload.buffer).setInt32(0, (new DataView(payload.buffer).getInt32(0, true) + 1) % 101, true);
  return encodeFrame({ ...frame, payload });
};

test.each([
  [
    'an entry that says that it fed another id',
    'entry',
    (frame: ReturnType<typeof decodeFrame>) => frame.kind === 'step' && frame.tokens === 1,
  ],
  [
    'an exit that tells the driver another id',
    'exit',
    (frame: ReturnType<typeof decodeFrame>) => frame.kind === 'result',
  ],
] as const)('%s is found out at once', async (_who, end, isBent) => {
  const loops = new TestLoops();
  const bend = (bytes: Uint8Array): Uint8Array => (isBent(decodeFrame(bytes)) ? bentIds(bytes) : bytes);
  loops.open([3], { bend: { [end]: bend } });
  let told = 0;
  const options = testOptions({ onToken: () => void told++ });
  await expect(loops.client().generate(PROMPT, options)).rejects.toMatchObject({ code: 'stage-failed' });
  expect(told).toBeLessThanOrEqual(2);
});

test('an entry that makes up an answer by its own word is believed in nothing', async () => {
  const loops = new TestLoops();
  const { ring, entry } = loops.open([3]);
  const told: number[] = [];
  const client = new LoopClient(async () => ring);
  const generating = client.generate(PROMPT, testOptions({ onToken: ({ id }) => void told.push(id) }));
  await Promise.resolve();
  await Promise.resolve();
  // What a hostile entry would say instead of feeding anything: the driver's link is in the test's hands.
  const session = loops.asked.at(-1)!;
  const rows = new Uint8Array(Int32Array.of(1, 2, 3).buffer);
  const forged = { ...emptyFrame(1, session), position: PROMPT.length, tokens: 3, width: 1, lap: 1, payload: rows };
  loops.far(entry).send(encodeFrame({ ...forged, kind: 'result', dtype: 'int32' }));
  await expect(generating).rejects.toMatchObject({ code: 'stage-failed' });
  expect(told).toEqual([]);
});

test('nor one that says first that something was lost', async () => {
  const loops = new TestLoops();
  loops.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 20));
  const { ring, entry } = loops.open([3]);
  const told: number[] = [];
  const client = new LoopClient(async () => ring);
  const generating = client.generate(PROMPT, testOptions({ onToken: ({ id }) => void told.push(id), maxTokens: 3 }));
  const say = (fields: object): void => {
    const session = loops.asked.at(-1)!;
    loops.far(entry).send(encodeFrame({ ...emptyFrame(1, session), ...fields }));
  };
  const lost = new TextEncoder().encode(JSON.stringify({ code: 'kv-missing', message: 'Lost.' }));
  await vi.waitFor(() => expect(loops.asked.length).toBeGreaterThan(0));
  say({ kind: 'error', dtype: 'json', payload: lost });
  const before = loops.asked.length;
  await vi.waitFor(() => expect(loops.asked.length).toBeGreaterThan(before));
  const rows = new Uint8Array(Int32Array.of(1, 2, 3).buffer);
  say({ kind: 'result', dtype: 'int32', position: PROMPT.length, tokens: 3, width: 1, lap: 1, payload: rows });
  await generating.catch(() => {});
  expect(told.slice(0, 3)).not.toEqual([1, 2, 3]);
});

test('a result that a link loses is asked for again over the same ring', async () => {
  const whole = await answer([]);
  const loops = new TestLoops();
  let results = 0;
  const exit = (bytes: Uint8Array): Uint8Array | undefined => (++results === 6 ? undefined : bytes);
  loops.open([3], { bend: { exit } });
  const got = await loops.client().generate(PROMPT, testOptions());
  expect(got.ids).toEqual(whole);
  expect(loops.slices.get('0/0-3')!.rows).toBe(PROMPT.length + whole.length - 1);
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
  ring.ask(session, { ...order, jobGrant: await grants.read() }, { ...NOTHING, onSampled: () => void heard++ });
  const rests = async (at: number): Promise<void> => {
    await vi.waitFor(() => expect(heard).toBe(at), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toBe(at);
  };
  await rests(257);
  ring.ack(session, PROMPT.length + 200, undefined);
  await rests(257);
  ring.ack(session, PROMPT.length + 100, await sign(0, 5000));
  await rests(258);
  const signed = await sign(100);
  ring.ack(session, PROMPT.length + 100, {
    ...signed,
    note: { ...signed.note, delivered: [{ epoch: 1, tokens: 250 }] },
  });
  await rests(258);
  ring.ack(session, PROMPT.length + 100, signed);
  await rests(358);
  // An older word that is shown again takes nothing back.
  ring.ack(session, PROMPT.length + 50, await sign(50));
  await rests(358);
  expect(loops.host.noteOf(JOB)?.note.delivered).toEqual([{ epoch: 1, tokens: 100 }]);
  // Whoever asks is over with it.
  await vi.waitFor(() => expect(loops.host.busy).toBe(0));
});

test('a page that is opened again goes on by another token of the same job, while its loop runs: nothing is computed twice', async () => {
  const maxTokens = 120;
  const whole = await answer([], { maxTokens });
  for (const had of [5, 30]) {
    const { loops, made, grants } = await granted();
    loops.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 1));
    const session = newSessionId();
    let heard = 0;
    const order = orderOf(maxTokens);
    made.ring.ask(session, { ...order, jobGrant: await grants.read() }, { ...NOTHING, onSampled: () => void heard++ });
    await vi.waitFor(() => expect(heard).toBeGreaterThan(30));
    made.entry.close();
    made.exit.close();
    const again = loops.reopen(made);
    const client = new LoopClient(async () => again);
    client.goOn(session);
    const jobGrant = await grants.read(grants.seal());
    const resume = whole.slice(0, had);
    const got = await client.generate(PROMPT, testOptions({ maxTokens, resume, resumeEpoch: 1, jobGrant }));
    expect(got.ids).toEqual(whole);
    expect(loops.slices.get('0/0-3')!.rows).toBe(PROMPT.length + maxTokens - 1);
  }
});

test('an end of sequence that was missed ends the answer of who comes back', async () => {
  const whole = await answer([]);
  const eos = whole[5]!;
  const length = whole.indexOf(eos);
  const loops = new TestLoops();
  // All of the exit's words come but the last one.
  let results = 0;
  const exit = (bytes: Uint8Array): Uint8Array | undefined => (++results > length ? undefined : bytes);
  const first = loops.open([3], { bend: { exit } });
  const client = new LoopClient(async () => (first.ring.ended ? loops.reopen(first) : first.ring));
  let told = 0;
  const onToken = (): undefined => {
    if (++told === length) setTimeout(() => first.entry.close(), 20);
  };
  const got = await client.generate(PROMPT, testOptions({ eosIds: new Set([eos]), onToken }));
  expect(got).toEqual({ ids: whole.slice(0, length), finishReason: 'stop' });
});

test('a grant may say that its loop is less ahead', async () => {
  const { made, grants } = await granted();
  let heard = 0;
  const order = orderOf(200);
  const jobGrant = await grants.read(grants.seal({ ahead: 8 }));
  made.ring.ask(newSessionId(), { ...order, jobGrant }, { ...NOTHING, onSampled: () => void heard++ });
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
      made.ring.ask(newSessionId(), { ...order, jobGrant }, NOTHING);
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
