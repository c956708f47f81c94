import { expect, it } from 'vitest';
import { cutFragments } from '../../protocol/fragment.ts';
import { encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ASKER, HoldBack, type Hop, watchHops } from './hop-watch.ts';

let sent = 0;
const messages = (frame: Partial<Frame>): Uint8Array[] => {
  const whole: Frame = {
    ...{ kind: 'hidden', dtype: 'float32', epoch: 1, session: '0123456789abcdef' as SessionId, position: 0 },
    ...{ tokens: 1, flags: 0, lap: 1, width: 4, trace: [], payload: new Uint8Array(16) },
    ...frame,
  };
  return cutFragments({ number: ++sent, previous: 0 }, encodeFrame(whole), 64);
};
const spent = (stage: number, computeMicros: number) => ({
  ...{ stage, batch: 1, queueMicros: 0, uploadMicros: 0, computeMicros, readbackMicros: 0, hopMicros: 0 },
});

function watched(ends: readonly [number, number]) {
  const hops: Hop[] = [];
  const holdBack = new HoldBack();
  const watch = watchHops(ends, { holdBack, onHop: (hop) => hops.push(hop) });
  return { hops, holdBack, pass: (side: 0 | 1, all: Uint8Array[]) => all.map((one) => watch.onMessage(side, one)) };
}

it('tells of a frame once it has passed whole, with what its sender spent on it', () => {
  const { hops, pass } = watched([0, 1]);
  const frame = messages({ trace: [spent(0, 1500), spent(1, 9)] });
  expect(frame.length).toBeGreaterThan(1);
  pass(0, frame.slice(0, -1));
  expect(hops).toEqual([]);
  pass(0, frame.slice(-1));
  expect(hops).toEqual([{ from: 0, to: 1, kind: 'hidden', bytes: 104, tokens: 1, computeMs: 1.5 }]);
});

it('tells of the prompt and of ids, and of nothing that is said beside them', () => {
  const { hops, pass } = watched([ASKER, 0]);
  const ids = { dtype: 'int32', width: 1, payload: new Uint8Array(4) } as const;
  pass(0, messages({ ...ids, kind: 'step' }));
  pass(1, messages({ ...ids, kind: 'step' }));
  pass(0, messages({ kind: 'close', dtype: 'none', width: 0, tokens: 0, payload: new Uint8Array() }));
  pass(1, messages({ ...ids, kind: 'result' }));
  expect(hops.map(({ from, to, kind }) => [from, to, kind])).toEqual([
    [ASKER, 0, 'step'],
    [0, ASKER, 'result'],
  ]);
  expect(pass(0, [new Uint8Array([1, 2, 3])])).toEqual([undefined]);
});

it('holds frames back while it should, and lets them go together when it should not', async () => {
  const { holdBack, pass } = watched([0, 1]);
  expect(pass(0, messages({ width: 1, payload: new Uint8Array(4) })).at(-1)).toBeUndefined();
  holdBack.set(60_000);
  const held = [...pass(0, messages({})), ...pass(1, messages({}))];
  expect(held).not.toContain(undefined);
  holdBack.set(0);
  await Promise.all(held);
  holdBack.set(1);
  await Promise.all(pass(0, messages({})));
});
