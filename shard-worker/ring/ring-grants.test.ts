// A stage that asks for grants: who opens sessions, how far they may go, whose frames go first, and what it signs after.
import { describe, expect, test, vi } from 'vitest';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, newSessionId, type PeerId } from '../../protocol/ids.ts';
import { chainNext, chainStart } from '../../protocol/receipt.ts';
import { inSeconds, newOrchestrator } from '../../protocol/test-orchestrator.ts';
import { unpackResultRows } from './result-rows.ts';
import {
  accept,
  closeFrame,
  EPOCH,
  GRANT,
  HeldLink,
  hiddenFrame,
  JOB,
  makeGrant,
  makeStage,
  openFrame,
  POOL,
  SELF,
  settle,
  stepFrame,
  type TestStage,
} from './test-stage.ts';

const identity = await identityOf(await newIdentityKeys());
const OTHER = 'e'.repeat(32) as PeerId;
const exitStage = (fields = {}): TestStage => makeStage({ start: 2, end: 4, ...fields });

async function openWith(stage: TestStage, grant: string | undefined, from = stage.up, session = newSessionId()) {
  const frame = openFrame(session, { grant } as { grant: string });
  accept(stage, frame, from);
  await settle();
  return session;
}

describe('a session is refused', () => {
  test.each<[string, () => string | undefined]>([
    ['no grant', () => undefined],
    ['no token', () => 'a.b'],
    ['a grant signed by another key', () => makeGrant({}, newOrchestrator())],
    ['another driver’s grant', () => makeGrant({ driver: OTHER })],
    ['another pool’s grant', () => makeGrant({ pool: 'other/model@main:q4' })],
    ['an expired grant', () => makeGrant({ expires: inSeconds(-600) })],
  ])('with %s: nothing is opened here or further on, and it is counted', async (_what, grant) => {
    const refused: string[] = [];
    const stage = makeStage({ onRefused: ({ code }) => refused.push(code) });
    await openWith(stage, grant());
    expect([stage.up.errors(), stage.node.sessions, stage.next.sent]).toEqual([['grant-refused'], 0, []]);
    expect(stage.up.sent[0]!.lap).toBe(0);
    expect([refused, stage.caches.opened]).toEqual([['grant-refused'], 0]);
  });

  test('at the entry when the link is another peer’s than the driver’s; a later stage sees its neighbour only', async () => {
    const [entry, exit] = [makeStage(), exitStage()];
    const neighbour = new HeldLink(OTHER);
    await openWith(entry, GRANT, neighbour);
    expect([neighbour.errors(), entry.node.sessions]).toEqual([['grant-refused'], 0]);
    const atExit = new HeldLink(OTHER);
    await openWith(exit, GRANT, atExit);
    expect([atExit.errors(), exit.node.sessions]).toEqual([[], 1]);
  });

  test('when a job has all that its grant allows, until one is closed; and however often, in the end', async () => {
    const stage = makeStage();
    const grant = makeGrant({ sessions: 2 });
    const first = await openWith(stage, grant);
    await openWith(stage, grant);
    await openWith(stage, grant);
    expect(stage.up.errors()).toEqual(['grant-refused']);
    // Another job has its own count.
    await openWith(stage, makeGrant({ sessions: 1, job: '7'.repeat(32) as JobId }));
    expect(stage.node.sessions).toBe(3);
    let last = first;
    for (let replay = 0; replay < 10; replay++) {
      accept(stage, closeFrame(last));
      last = await openWith(stage, grant);
    }
    expect(stage.up.errors()).toEqual(['grant-refused']);
    accept(stage, closeFrame(last));
    await openWith(stage, grant);
    expect(stage.up.errors()).toEqual(['grant-refused', 'grant-refused']);
  });
});

describe('a session goes no further', () => {
  test('than its grant’s last position', async () => {
    const stage = makeStage();
    const session = await openWith(stage, makeGrant({ maxPosition: 3 }));
    accept(stage, stepFrame(session));
    accept(stage, stepFrame(session, { position: 2, lap: 2 }, [1, 2]));
    accept(stage, stepFrame(session, { position: 2, lap: 3 }, [1]));
    await settle();
    expect(stage.up.errors()).toEqual(['grant-refused']);
    expect(stage.up.sent[0]!.lap).toBe(2);
    expect(stage.next.sent.map(({ kind, lap }) => [kind, lap])).toEqual([
      ['open', 0],
      ['hidden', 1],
      ['hidden', 3],
    ]);
  });

  test('than its grant’s end in time', async () => {
    const stage = makeStage();
    const session = await openWith(stage, GRANT);
    vi.spyOn(Date, 'now').mockReturnValue(inSeconds(3600 + 121) * 1000);
    accept(stage, stepFrame(session));
    await settle();
    vi.restoreAllMocks();
    expect(stage.up.errors()).toEqual(['grant-refused']);
  });

  test('by computing the same positions over and over', async () => {
    const stage = makeStage();
    const session = await openWith(stage, makeGrant({ maxPosition: 2 }));
    for (let lap = 1; lap <= 40; lap++) accept(stage, stepFrame(session, { lap, flags: 1 }));
    await settle();
    expect(stage.up.errors()[0]).toBe('grant-refused');
    expect(stage.next.sent.filter(({ kind }) => kind === 'hidden')).toHaveLength(17);
  });
});

describe('while a grant is verified', () => {
  test('frames behind its open wait in order, and other sessions go on', async () => {
    const stage = makeStage();
    const other = await openWith(stage, makeGrant({ job: '7'.repeat(32) as JobId }));
    const session = newSessionId();
    accept(stage, openFrame(session, { grant: makeGrant({ maxPosition: 50 }) }));
    for (let lap = 1; lap <= 5; lap++) accept(stage, stepFrame(session, { lap, position: (lap - 1) * 2 }));
    accept(stage, stepFrame(other, { lap: 99 }));
    await settle();
    expect(stage.up.errors()).toEqual([]);
    const laps = stage.next.sent.filter(({ kind }) => kind === 'hidden').map(({ lap }) => lap);
    expect(laps).toEqual([99, 1, 2, 3, 4, 5]);
  });

  test('and refused, who holds the session already from another link is not disturbed', async () => {
    const stage = makeStage();
    const session = await openWith(stage, GRANT);
    const stranger = new HeldLink(OTHER);
    accept(stage, openFrame(session, { driver: OTHER, grant: makeGrant({}, newOrchestrator()) }), stranger);
    accept(stage, stepFrame(session));
    await settle();
    expect([stranger.errors(), stage.up.errors()]).toEqual([['grant-refused'], []]);
    expect(stage.next.sent.at(-1)!.kind).toBe('hidden');
  });

  test('and refused, the session that it was to go on with is over', async () => {
    const stage = makeStage();
    const session = await openWith(stage, GRANT);
    accept(stage, openFrame(session, { grant: 'a.b' }));
    accept(stage, stepFrame(session));
    await settle();
    expect(stage.up.errors()).toEqual(['grant-refused', 'session-unknown']);
    expect([stage.node.sessions, stage.next.sent.at(-1)!.kind]).toEqual([0, 'close']);
  });
});

test('who owns the device goes first, and the others still have their turn', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stage = makeStage({ beforeRun: () => gate });
  const theirs = await openWith(stage, makeGrant({ job: '7'.repeat(32) as JobId }));
  const own = await openWith(stage, makeGrant({ own: [SELF] }));
  for (let index = 0; index < 6; index++) accept(stage, stepFrame(theirs, { position: 2 * index, lap: 100 + index }));
  for (let index = 0; index < 6; index++) accept(stage, stepFrame(own, { position: 2 * index, lap: index }));
  release();
  await settle();
  const laps = stage.next.sent.filter(({ kind }) => kind === 'hidden').map(({ lap }) => lap);
  expect(laps).toEqual([100, 0, 1, 2, 101, 3, 4, 5, 102, 103, 104, 105]);
});

test('receipts are of what passed, per job; the next turn of a conversation begins another', async () => {
  const stage = exitStage();
  const session = await openWith(stage, GRANT);
  const frames = [hiddenFrame(session, { lap: 1 }), hiddenFrame(session, { lap: 2, position: 2, flags: 0 })];
  for (const frame of frames) accept(stage, frame);
  await settle();
  const nextJob = '7'.repeat(32) as JobId;
  await openWith(stage, makeGrant({ job: nextJob }), stage.up, session);
  accept(stage, hiddenFrame(session, { lap: 3, position: 4 }));
  await settle();
  const [first] = await stage.meters.receiptsFor(identity, { job: JOB, epoch: EPOCH });
  const [second] = await stage.meters.receiptsFor(identity, { job: nextJob, epoch: EPOCH });
  const common = { session, pool: POOL, epoch: EPOCH, peer: SELF, start: 2, end: 4 };
  expect(first!.receipt).toMatchObject({ ...common, job: JOB, frames: 2, from: 0, to: 4, lastFrom: 2 });
  expect(second!.receipt).toMatchObject({ ...common, job: nextJob, frames: 1, from: 4, to: 6, lastFrom: 4 });
  let chain = await chainStart({ job: JOB, nonce: '2'.repeat(32), session, epoch: EPOCH });
  let out = chain;
  for (const { position, tokens, payload } of frames)
    chain = await chainNext(chain, { position, rows: tokens, payload });
  for (const { position, tokens, payload } of stage.toDriver.sent.slice(0, 2)) {
    out = await chainNext(out, { position, rows: tokens, payload });
  }
  expect([first!.receipt.chainIn, first!.receipt.chainOut]).toEqual([chain, out]);
});

test('a job whose receipts were asked for is over: no frame of it is computed, and no session opened', async () => {
  const stage = exitStage();
  const session = await openWith(stage, GRANT);
  accept(stage, hiddenFrame(session, { lap: 1 }));
  await settle();
  await stage.meters.receiptsFor(identity, { job: JOB, epoch: EPOCH });
  accept(stage, hiddenFrame(session, { lap: 2 }));
  await openWith(stage, GRANT);
  await settle();
  expect(stage.up.errors()).toEqual(['grant-refused', 'grant-refused']);
  const [signed] = await stage.meters.receiptsFor(identity, { job: JOB, epoch: EPOCH });
  expect(signed!.receipt.frames).toBe(1);
});

test('a job whose receipts were asked for on the way goes on, and the later ones show more', async () => {
  const stage = exitStage();
  const session = await openWith(stage, GRANT);
  accept(stage, hiddenFrame(session, { lap: 1 }));
  await settle();
  const asked = { job: JOB, epoch: EPOCH };
  const [soFar] = await stage.meters.receiptsFor(identity, { ...asked, goesOn: true });
  accept(stage, hiddenFrame(session, { lap: 2, position: 2 }));
  await settle();
  const [last] = await stage.meters.receiptsFor(identity, asked);
  expect([stage.up.errors(), soFar!.receipt.frames, last!.receipt.frames]).toEqual([[], 1, 2]);
});

test('a step that fails is in no receipt', async () => {
  const stage = exitStage();
  const session = await openWith(stage, GRANT);
  accept(stage, hiddenFrame(session, { lap: 1 }));
  accept(stage, hiddenFrame(session, { lap: 2, position: 9 }));
  await settle();
  const [signed] = await stage.meters.receiptsFor(identity, { job: JOB, epoch: EPOCH });
  expect([stage.up.errors(), signed!.receipt.frames]).toEqual([['kv-missing'], 1]);
});

test('rows have log-probabilities where the open asked for them, and the ids are the same without', async () => {
  const ids: number[][] = [];
  for (const logprobs of [undefined, 0, 3, 20]) {
    const stage = exitStage();
    const session = newSessionId();
    accept(stage, openFrame(session, logprobs === undefined ? {} : { logprobs }));
    accept(
      stage,
      hiddenFrame(session, { flags: 4, payload: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer) }),
    );
    await settle();
    const [frame] = stage.toDriver.sent;
    expect(frame).toMatchObject({ kind: 'result', tokens: 2, width: logprobs === undefined ? 1 : 2 + 2 * logprobs });
    const rows = unpackResultRows(frame!.payload, frame!.width);
    ids.push(rows.map(({ id }) => id));
    // Greedy: the token is the likeliest itself.
    for (const { id, logprob, top } of rows) if (logprobs) expect(top![0]).toEqual({ id, logprob });
  }
  expect(new Set(ids.map(String)).size).toBe(1);
});
