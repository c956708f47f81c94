// A driver's view of a ring whose loop runs at the entry: who is told what, and of which turn. The test plays entry and exit.
import { expect, test } from 'vitest';
import type { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, encodeFrame, FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import { newSessionId, type SessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { packJson } from '../ring/open-session.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { type LoopHandlers, LoopRing } from './loop-ring.ts';
import { DRIVER, peer } from './test-ring.ts';

const EPOCH = 3;
const DONE = { reason: 'stop', drafted: 0, accepted: 0, drafter: 'none' };
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

function scene() {
  const [entry, entryFar] = memoryLinkPair(DRIVER, peer(0));
  const [exit, exitFar] = memoryLinkPair(DRIVER, peer(1));
  const heard: Frame[] = [];
  entryFar.listen({ onFrame: (bytes) => void heard.push(decodeFrame(bytes)), onClose: () => {} });
  const ring = new LoopRing({ epoch: EPOCH, self: DRIVER, entry, exit });
  const told: unknown[][] = [];
  const handlers: LoopHandlers = {
    onMissed: (position, rows, epoch) => void told.push(['missed', position, rows.map(({ id }) => id), epoch]),
    onBegun: (lap) => void told.push(['begun', lap]),
    onFed: ({ lap, ids }) => void told.push(['fed', lap, ids]),
    onSampled: (lap, rows) => void told.push(['sampled', lap, rows.map(({ id }) => id)]),
    onDone: ({ reason }, position) => void told.push(['done', reason, position]),
    onError: ({ code }: PoolError) => void told.push(['error', code]),
    onFault: ({ code }: PoolError) => void told.push(['fault', code]),
  };
  const session = newSessionId();
  const ask = (number: number, ids = [1, 2]) =>
    ring.ask(session, { sampling: GREEDY, ids, maxTokens: 9, eosIds: [], drafter: 'none', turn: number }, handlers);
  const say = (fields: Partial<Frame>, of: SessionId = session) =>
    entryFar.send(encodeFrame({ ...emptyFrame(EPOCH, of), ...fields }));
  const sayJson = (kind: Frame['kind'], value: object, fields: Partial<Frame> = {}) =>
    say({ kind, dtype: 'json', payload: packJson(value), ...fields });
  const ids = (...of: number[]) => ({
    ...{ dtype: 'int32' as const, tokens: of.length, width: 1 },
    payload: new Uint8Array(Int32Array.from(of).buffer),
  });
  const sample = (of: SessionId, lap: number, id: number) =>
    exitFar.send(encodeFrame({ ...emptyFrame(EPOCH, of), kind: 'result', lap, ...ids(id) }));
  return { ring, entry, heard, told, ask, say, sayJson, sample, ids, session };
}

test('asks with a loop and a prompt in frames of 512 ids, the last of which samples', async () => {
  const { heard, ask } = scene();
  ask(
    1,
    Array.from({ length: 600 }, (_, at) => at),
  );
  await turn();
  expect(heard.map(({ kind, tokens, position, flags }) => [kind, tokens, position, flags])).toEqual([
    ['open', 0, 0, 0],
    ['step', 512, 0, 0],
    ['step', 88, 512, FRAME_FLAGS.sample],
  ]);
});

test('what the exit says before the entry has told of its session waits for it', async () => {
  const { told, ask, sayJson, say, sample, ids } = scene();
  const own = newSessionId();
  ask(1);
  sample(own, 1, 7);
  sample(newSessionId(), 1, 8);
  await turn();
  expect(told).toEqual([]);
  sayJson('open', { session: own, turn: 1, lap: 0 });
  say({ kind: 'step', lap: 1, ...ids(1, 2) });
  await turn();
  expect(told).toEqual([
    ['begun', 0],
    ['sampled', 1, [7]],
    ['fed', 1, [1, 2]],
  ]);
});

test('what an earlier turn came to is nothing to this one', async () => {
  const { told, ask, sayJson } = scene();
  ask(2);
  sayJson('open', { session: newSessionId(), turn: 1, lap: 4 });
  sayJson('done', { ...DONE, turn: 1 }, { position: 5 });
  sayJson('error', { code: 'stage-left', message: 'Gone.', turn: 1 });
  await turn();
  expect(told).toEqual([]);
  sayJson('done', { ...DONE, turn: 2 }, { position: 6 });
  await turn();
  expect(told).toEqual([['done', 'stop', 6]]);
});

test('an error of this turn, one of no turn, and a word that nobody can read end it', async () => {
  for (const say of [
    { code: 'stage-left', message: 'Gone.', turn: 1 },
    { code: 'grant-refused', message: 'No.' },
  ]) {
    const { told, ask, sayJson } = scene();
    ask(1);
    sayJson('error', say);
    await turn();
    expect(told).toEqual([['error', say.code]]);
  }
  const { told, ask, sayJson } = scene();
  ask(1);
  sayJson('done', { reason: 'because' });
  await turn();
  expect(told).toEqual([['fault', 'bad-frame']]);
});

test('what was missed comes with the epoch that it came out of', async () => {
  const { told, ask, say, ids } = scene();
  ask(1);
  say({ kind: 'result', position: 2, lap: 2, ...ids(5, 6) });
  await turn();
  expect(told).toEqual([['missed', 2, [5, 6], 2]]);
});

test('nobody is told after it has left; a link that closes ends all that is listened to, and nothing is asked then', async () => {
  const left = scene();
  left.ask(1);
  left.ring.leave(left.session);
  left.sayJson('done', { ...DONE, turn: 1 });
  await turn();
  expect(left.told).toEqual([]);
  const { ring, entry, told, ask } = scene();
  ask(1);
  entry.close();
  await turn();
  expect(told).toEqual([['error', 'stage-left']]);
  expect(ring.ended?.code).toBe('stage-left');
  expect(() => ask(2)).toThrow(expect.objectContaining({ code: 'stage-left' }));
  expect(() => ring.ack(left.session, 3, undefined)).not.toThrow();
});
