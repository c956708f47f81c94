// Sessions that share the runs of a stage: who rides along, that each gets what it gets alone, and that what is wrong with one
// is told to it alone.
import { describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frame.ts';
import { type JobId, newSessionId, type SessionId } from '../../protocol/ids.ts';
import {
  accept,
  HeldLink,
  makeGrant,
  makeStage,
  openFrame,
  openSession,
  settle,
  stepFrame,
  type TestStage,
} from './test-stage.ts';

/** A stage whose runs wait until they are let go, and the tokens of each. */
function makeHeldStage(options: Parameters<typeof makeStage>[0] = {}) {
  const runs: number[][] = [];
  let release = () => {};
  let gate = Promise.resolve();
  const stage = makeStage({
    maxBatch: 4,
    ...options,
    beforeRun: async (inputs) => {
      runs.push(inputs.map(({ tokens }) => tokens));
      await gate;
      await options.beforeRun?.(inputs);
    },
  });
  const hold = () => {
    gate = new Promise((resolve) => {
      release = resolve;
    });
  };
  return { stage, runs, hold, letGo: () => release() };
}

const openMany = async (stage: TestStage, count: number): Promise<SessionId[]> => {
  const sessions: SessionId[] = [];
  for (let index = 0; index < count; index++) sessions.push(await openSession(stage));
  return sessions;
};

const hiddenOf = (stage: TestStage): Frame[] => stage.next.sent.filter(({ kind }) => kind === 'hidden');

/** What a session's steps give in a stage that computes nothing else. */
async function alone(steps: readonly Partial<Frame>[], ids: readonly number[][]): Promise<string[]> {
  const stage = makeStage();
  const session = await openSession(stage);
  for (const [index, fields] of steps.entries()) accept(stage, stepFrame(session, fields, ids[index]));
  await settle();
  return hiddenOf(stage).map(({ payload }) => payload.join());
}

describe('steps of one token that wait', () => {
  test('share a run, one of each session, and give what they give alone', async () => {
    const { stage, runs, hold, letGo } = makeHeldStage();
    const sessions = await openMany(stage, 3);
    hold();
    // The first is under way; the others gather behind it.
    for (const [index, session] of sessions.entries()) accept(stage, stepFrame(session, {}, [1 + index, 2]));
    for (const [index, session] of sessions.entries()) {
      accept(stage, stepFrame(session, { position: 2, lap: 2 }, [10 + index]));
      accept(stage, stepFrame(session, { position: 3, lap: 3 }, [20 + index]));
    }
    letGo();
    await settle();
    expect(runs).toEqual([[2], [2], [2], [1, 1, 1], [1, 1, 1]]);
    expect(stage.up.errors()).toEqual([]);
    for (const [index, session] of sessions.entries()) {
      const own = hiddenOf(stage).filter((frame) => frame.session === session);
      expect(own.map(({ lap }) => lap)).toEqual([1, 2, 3]);
      expect(own.map(({ trace }) => trace[0]!.batch)).toEqual([1, 3, 3]);
      const steps = [{}, { position: 2 }, { position: 3 }];
      expect(own.map(({ payload }) => payload.join())).toEqual(
        await alone(steps, [[1 + index, 2], [10 + index], [20 + index]]),
      );
    }
  });

  test('are no more than the executor takes; a prefill runs alone and in its turn', async () => {
    const { stage, runs, hold, letGo } = makeHeldStage({ maxBatch: 2 });
    const [first, second, third, long] = await openMany(stage, 4);
    hold();
    accept(stage, stepFrame(first!, {}, [1]));
    await settle();
    for (const session of [second!, long!, third!]) {
      const ids = session === long ? [1, 2, 3] : [4];
      accept(stage, stepFrame(session, {}, ids));
    }
    accept(stage, stepFrame(long!, { position: 3 }, [5, 6, 7]));
    accept(stage, stepFrame(first!, { position: 1 }, [9]));
    letGo();
    await settle();
    expect(runs).toEqual([[1], [1, 1], [3], [1], [3]]);
    expect(stage.up.errors()).toEqual([]);
  });

  test('are computed one after another where the executor takes one', async () => {
    const { stage, runs } = makeHeldStage({ maxBatch: 1 });
    const sessions = await openMany(stage, 3);
    for (const session of sessions) accept(stage, stepFrame(session, {}, [1]));
    await settle();
    expect(runs).toEqual([[1], [1], [1]]);
  });
});

describe('what is wrong with one', () => {
  test('a gap is refused before the run, and the others are computed', async () => {
    const { stage, runs, hold, letGo } = makeHeldStage();
    const sessions = await openMany(stage, 4);
    hold();
    accept(stage, stepFrame(sessions[0]!, {}, [1]));
    await settle();
    for (const [index, session] of sessions.slice(1).entries()) {
      accept(stage, stepFrame(session, { position: index === 1 ? 5 : 0, lap: 7 }, [1]));
    }
    letGo();
    await settle();
    expect(runs).toEqual([[1], [1, 1]]);
    expect(stage.up.errors()).toEqual(['kv-missing']);
    expect(stage.up.sent[0]!.session).toBe(sessions[2]);
    expect(hiddenOf(stage)).toHaveLength(3);
  });

  test('a token that makes the run fail costs its own session alone', async () => {
    const { stage, runs, hold, letGo } = makeHeldStage({
      beforeRun: (inputs) => {
        if (inputs.some(({ ids }) => ids?.includes(99))) throw new PoolError('stage-failed', 'No such token.');
      },
    });
    const sessions = await openMany(stage, 4);
    hold();
    accept(stage, stepFrame(sessions[0]!, {}, [1]));
    await settle();
    for (const [index, session] of sessions.slice(1).entries())
      accept(stage, stepFrame(session, {}, [index === 1 ? 99 : 1]));
    letGo();
    await settle();
    expect(runs).toEqual([[1], [1, 1, 1], [1], [1], [1]]);
    expect(stage.up.errors()).toEqual(['stage-failed']);
    expect(stage.up.sent[0]!.session).toBe(sessions[2]);
    expect(hiddenOf(stage).map(({ session }) => session)).toEqual([sessions[0], sessions[1], sessions[3]]);
  });

  test('a device that fails is told to every session of the run and once to the page', async () => {
    const faults: string[] = [];
    const { stage, hold, letGo } = makeHeldStage({
      beforeRun: (inputs) => {
        if (inputs.length > 1) throw new PoolError('device-lost', 'Gone.');
      },
      onFault: ({ code }) => faults.push(code),
    });
    const sessions = await openMany(stage, 3);
    hold();
    for (const session of sessions) accept(stage, stepFrame(session, {}, [1]));
    letGo();
    await settle();
    expect(stage.up.errors()).toEqual(['device-lost', 'device-lost']);
    expect(faults).toEqual(['device-lost']);
  });

  test('a session that ends under a shared run: its cache is freed after it, once; the other has its result', async () => {
    const link = new HeldLink();
    let disposedUnderRun = -1;
    const { stage, hold, letGo } = makeHeldStage({
      beforeRun: (inputs) => {
        if (inputs.length === 1) return;
        stage.node.linkClosed(link);
        disposedUnderRun = stage.caches.disposed;
      },
    });
    const [first, second] = await openMany(stage, 2);
    const third = newSessionId();
    accept(stage, openFrame(third), link);
    await settle();
    hold();
    accept(stage, stepFrame(first!, {}, [1]));
    await settle();
    accept(stage, stepFrame(second!, {}, [1]));
    accept(stage, stepFrame(third, {}, [1]), link);
    letGo();
    await settle();
    expect(disposedUnderRun).toBe(0);
    expect(stage.caches).toEqual({ opened: 3, disposed: 1 });
    expect(hiddenOf(stage).map(({ session }) => session)).toEqual([first, second]);
  });
});

describe('memory for caches', () => {
  /** 2 layers of 16 bytes a position: one session of 64 positions takes 2,048. */
  const SESSION = 2048;
  const openOf = async (stage: TestStage, job: number, maxPosition = 64) => {
    const grant = makeGrant({ job: job.toString(16).padStart(32, '0') as JobId, maxPosition });
    const session = job.toString(16).padStart(16, '0') as SessionId;
    accept(stage, openFrame(session, { grant }));
    await settle();
    return session;
  };

  test('bounds the sessions; the one that was used longest ago gives way, one in use does not', async () => {
    let nowMs = 0;
    const stage = makeStage({ kvLimitBytes: 2 * SESSION, now: () => nowMs });
    await openOf(stage, 1);
    nowMs = 10_000;
    await openOf(stage, 2);
    await openOf(stage, 3);
    expect(stage.up.errors()).toEqual([]);
    expect([stage.node.sessions, stage.caches.disposed]).toEqual([2, 1]);
    await openOf(stage, 4);
    expect(stage.up.errors()).toEqual(['sessions-full']);
    expect(stage.node.sessions).toBe(2);
  });

  test('short sessions take less of it', async () => {
    const stage = makeStage({ kvLimitBytes: 2 * SESSION });
    for (let job = 1; job <= 9; job++) await openOf(stage, job, 16);
    expect(stage.up.errors()).toEqual(['sessions-full']);
    expect(stage.node.sessions).toBe(8);
  });

  test('one session has room, whatever it takes; its next turn may ask for more and displaces the idle', async () => {
    let nowMs = 0;
    const stage = makeStage({ kvLimitBytes: SESSION, now: () => nowMs });
    await openOf(stage, 1, 32);
    await openOf(stage, 2, 32);
    nowMs = 10_000;
    await openOf(stage, 2, 64);
    expect(stage.up.errors()).toEqual([]);
    expect(stage.node.sessions).toBe(1);
    expect(stage.caches).toEqual({ opened: 2, disposed: 1 });
    const tight = makeStage({ kvLimitBytes: 1 });
    await openOf(tight, 1);
    expect([tight.node.sessions, tight.up.errors()]).toEqual([1, []]);
  });
});
