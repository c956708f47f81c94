// One stage by itself: what it takes, what it refuses and to whom it says so. The whole ring is in the driver's test.
import { describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { type JobId, newSessionId, type PeerId } from '../../protocol/ids.ts';
import { MAX_QUEUED_FRAMES, MAX_SESSIONS_PER_STAGE, SESSION_IDLE_MS } from '../../protocol/limits.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { packJson } from './open-session.ts';
import {
  accept,
  closeFrame,
  EPOCH,
  HeldLink,
  hiddenFrame,
  makeGrant,
  makeStage,
  openFrame,
  openSession,
  settle,
  stepFrame,
  type TestStage,
} from './test-stage.ts';

const exitStage = (fields = {}): TestStage => makeStage({ start: 2, end: 4, ...fields });

describe('a session', () => {
  test('is opened here and at the next stage, and computed', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    expect(stage.next.sent.map(({ kind }) => kind)).toEqual(['open']);
    accept(stage, stepFrame(session, { lap: 9, flags: FRAME_FLAGS.sample }));
    await settle();
    expect(stage.next.sent[1]).toMatchObject({ kind: 'hidden', epoch: EPOCH, session, lap: 9, tokens: 2, width: 4 });
    expect(stage.next.sent[1]!.trace).toMatchObject([{ stage: 0, hopMicros: 4000 }]);
    expect(stage.up.sent).toEqual([]);
  });

  test('gives its result to the driver that opened it, not to who sent the frame', async () => {
    const stage = exitStage();
    const session = await openSession(stage);
    accept(stage, hiddenFrame(session, { lap: 4, flags: FRAME_FLAGS.sampleAll }));
    await settle();
    expect(stage.up.sent).toEqual([]);
    expect(stage.toDriver.sent).toMatchObject([{ kind: 'result', lap: 4, tokens: 2, width: 1 }]);
    accept(stage, hiddenFrame(session, { position: 2, lap: 5, flags: 0 }));
    await settle();
    expect(stage.toDriver.sent[1]).toMatchObject({ kind: 'result', lap: 5, tokens: 0 });
  });

  test('whose driver has no link here ends its lap with link-failed', async () => {
    const stage = exitStage();
    const session = newSessionId();
    const driver = 'e'.repeat(32) as PeerId;
    accept(stage, openFrame(session, { driver, grant: makeGrant({ driver }) }));
    accept(stage, hiddenFrame(session));
    await settle();
    expect(stage.up.errors()).toEqual(['link-failed']);
  });

  test('is closed here and at the next stage', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    accept(stage, closeFrame(session));
    await settle();
    expect(stage.node.sessions).toBe(0);
    expect(stage.next.sent.map(({ kind }) => kind)).toEqual(['open', 'close']);
    expect(stage.caches).toEqual({ opened: 1, disposed: 1 });
  });

  test('may be opened again to be sampled otherwise, and keeps its cache', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    accept(stage, stepFrame(session));
    accept(stage, openFrame(session));
    accept(stage, stepFrame(session, { position: 2 }));
    await settle();
    expect(stage.up.errors()).toEqual([]);
    expect(stage.caches).toEqual({ opened: 1, disposed: 0 });
  });
});

describe('is refused', () => {
  test('a step of a session that was not opened', async () => {
    const stage = makeStage();
    accept(stage, stepFrame(newSessionId(), { lap: 6 }));
    await settle();
    expect(stage.up.errors()).toEqual(['session-unknown']);
    expect(stage.up.sent[0]!.lap).toBe(6);
  });

  test('a step, an open and a close of a session that came in over another link', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    const stranger = new HeldLink('e'.repeat(32) as PeerId);
    for (const frame of [stepFrame(session), openFrame(session), closeFrame(session)]) accept(stage, frame, stranger);
    await settle();
    expect(stranger.errors()).toEqual(['session-unknown', 'grant-refused']);
    expect(stage.node.sessions).toBe(1);
    accept(stage, stepFrame(session));
    await settle();
    expect(stage.up.errors()).toEqual([]);
  });

  test.each([
    ['another width', { width: 8, payload: new Uint8Array(64) }],
    ['another type', { dtype: 'float16' as const, payload: new Uint8Array(16) }],
  ])('a hidden state of %s', async (_what, fields) => {
    const stage = exitStage();
    const session = await openSession(stage);
    accept(stage, hiddenFrame(session, fields));
    await settle();
    expect(stage.up.errors()).toEqual(['bad-frame']);
  });

  test('tokens past the entry and hidden states at it', async () => {
    const [entry, exit] = [makeStage(), exitStage()];
    accept(entry, hiddenFrame(await openSession(entry)));
    accept(exit, stepFrame(await openSession(exit)));
    await settle();
    expect(entry.up.errors()).toEqual(['bad-frame']);
    expect(exit.up.errors()).toEqual(['bad-frame']);
  });

  test('a gap and a silent overwrite; the cache stays as it was', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    accept(stage, stepFrame(session));
    accept(stage, stepFrame(session, { position: 3 }));
    accept(stage, stepFrame(session, { position: 1 }));
    accept(stage, stepFrame(session, { position: 2 }));
    await settle();
    expect(stage.up.errors()).toEqual(['kv-missing', 'position-mismatch']);
    expect(stage.next.sent.filter(({ kind }) => kind === 'hidden')).toHaveLength(2);
  });

  test('everything after closing', async () => {
    const stage = makeStage();
    await openSession(stage);
    await stage.node.close();
    accept(stage, stepFrame(newSessionId()));
    expect(stage.up.errors()).toEqual(['epoch-stale']);
    expect(stage.caches).toEqual({ opened: 1, disposed: 1 });
  });

  test('an OPEN with random bytes, and the stage goes on', async () => {
    const stage = makeStage();
    const random = new SeededRandom(51);
    for (let round = 0; round < 200; round++) {
      accept(stage, { ...openFrame(newSessionId()), payload: random.bytes(random.whole(0, 60)) });
    }
    await settle();
    expect(stage.up.errors()).toEqual(new Array(200).fill('bad-frame'));
    expect(stage.caches.opened).toBe(0);
    await openSession(stage);
    expect(stage.node.sessions).toBe(1);
  });
});

describe('bounds', () => {
  test(`the session after ${MAX_SESSIONS_PER_STAGE} busy ones is refused; an old one gives way to it later`, async () => {
    let nowMs = 0;
    const stage = makeStage({ now: () => nowMs });
    const openAnother = async (job: number) => {
      const grant = makeGrant({ job: job.toString(16).padStart(32, '0') as JobId });
      accept(stage, openFrame(newSessionId(), { grant }));
      await settle();
    };
    for (let count = 0; count <= MAX_SESSIONS_PER_STAGE; count++) await openAnother(count);
    expect(stage.up.errors()).toEqual(['sessions-full']);
    nowMs = 31_000;
    await openAnother(99);
    expect(stage.node.sessions).toBe(MAX_SESSIONS_PER_STAGE);
    expect(stage.caches).toEqual({ opened: MAX_SESSIONS_PER_STAGE + 1, disposed: 1 });
  });

  test('sessions that were idle for long are dropped when another opens', async () => {
    let nowMs = 0;
    const stage = makeStage({ now: () => nowMs });
    const old = await openSession(stage);
    nowMs = SESSION_IDLE_MS - 1;
    const used = await openSession(stage);
    nowMs = SESSION_IDLE_MS + 1;
    await openSession(stage);
    expect(stage.node.sessions).toBe(2);
    accept(stage, stepFrame(old));
    accept(stage, stepFrame(used));
    await settle();
    expect(stage.up.errors()).toEqual(['session-unknown']);
  });

  test('frames that wait are bounded in number', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const stage = makeStage({ beforeRun: () => gate });
    const session = await openSession(stage);
    for (let count = 0; count < MAX_QUEUED_FRAMES + 10; count++)
      accept(stage, stepFrame(session, { position: count * 2 }));
    // One is being computed, the rest waits.
    expect(stage.up.errors()).toEqual(new Array(9).fill('sessions-full'));
    release();
  });
});

describe('failures', () => {
  test.each(['device-lost', 'out-of-memory'] as const)('%s is told to the driver and to the page', async (code) => {
    const faults: string[] = [];
    const stage = makeStage({
      beforeRun: () => {
        throw new PoolError(code, 'Gone.');
      },
      onFault: (error) => faults.push(error.code),
    });
    accept(stage, stepFrame(await openSession(stage)));
    await settle();
    expect(stage.up.errors()).toEqual([code]);
    expect(faults).toEqual([code]);
  });

  test('a failing kernel is told to the driver alone, and the next step is computed', async () => {
    const faults: string[] = [];
    let fails = true;
    const stage = makeStage({
      beforeRun: () => {
        if (fails) throw new PoolError('stage-failed', 'Kernel.');
      },
      onFault: (error) => faults.push(error.code),
    });
    const session = await openSession(stage);
    accept(stage, stepFrame(session));
    await settle();
    fails = false;
    accept(stage, stepFrame(session));
    await settle();
    expect(stage.up.errors()).toEqual(['stage-failed']);
    expect(faults).toEqual([]);
    expect(stage.next.sent.at(-1)!.kind).toBe('hidden');
  });

  test('an error of a later stage goes back the way the session came; of an unknown one it goes nowhere', async () => {
    const stage = makeStage();
    const session = await openSession(stage);
    const payload = packJson(new PoolError('kv-missing', 'Gap.').toShape());
    const error = { ...closeFrame(session), kind: 'error' as const, dtype: 'json' as const, lap: 3, payload };
    accept(stage, error, stage.next);
    accept(stage, { ...error, session: newSessionId() }, stage.next);
    expect(stage.up.errors()).toEqual(['kv-missing']);
    expect(stage.up.sent[0]).toMatchObject({ session, lap: 3 });
  });

  test('the next stage leaving is told for every session; lap 0 means all laps', async () => {
    const stage = makeStage();
    await openSession(stage);
    await openSession(stage);
    stage.node.linkClosed(stage.next);
    expect(stage.up.errors()).toEqual(['stage-left', 'stage-left']);
    expect(stage.up.sent.map(({ lap }) => lap)).toEqual([0, 0]);
  });

  test('the link that sessions came in over closing ends them here and further on', async () => {
    const stage = makeStage();
    await openSession(stage);
    const other = new HeldLink();
    accept(stage, openFrame(newSessionId()), other);
    await settle();
    stage.node.linkClosed(stage.up);
    expect(stage.node.sessions).toBe(1);
    expect(stage.caches).toEqual({ opened: 2, disposed: 1 });
    expect(stage.next.sent.at(-1)!.kind).toBe('close');
  });

  test('a session that ends while the model works on its cache: freed after the step, once, and no result is sent', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const stage = makeStage({ beforeRun: () => gate });
    const session = await openSession(stage);
    accept(stage, stepFrame(session));
    await settle();
    stage.node.linkClosed(stage.up);
    expect(stage.caches.disposed).toBe(0);
    release();
    await settle();
    expect(stage.caches).toEqual({ opened: 1, disposed: 1 });
    expect(stage.next.sent.map(({ kind }) => kind)).toEqual(['open', 'close']);
  });

  test('refusals are never answered: an error to a closed link ends nothing else', async () => {
    const stage = makeStage();
    stage.up.close();
    accept(stage, stepFrame(newSessionId()));
    await settle();
    accept(stage, openFrame(newSessionId()), new HeldLink());
    await settle();
    expect(stage.node.sessions).toBe(1);
  });
});
