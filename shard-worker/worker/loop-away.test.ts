// A driver that is away from its loop at the entry, one that lies, and one that is lied to.
import { expect, test, vi } from 'vitest';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { LoopClient } from '../driver/loop-client.ts';
import { answer, PROMPT, testOptions } from '../driver/test-ring.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { NOTHING_HEARD, TestLoops } from './test-loops.ts';

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
    { ...NOTHING_HEARD, onSampled: (_lap, rows) => void heard.push(...rows.map(({ id }) => id)) },
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
    { ...NOTHING_HEARD, onSampled },
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
    NOTHING_HEARD,
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
