import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { type StepTimes, withTrace } from './answer-frame.ts';

const frame = emptyFrame(1, newSessionId());
const times: StepTimes = {
  ...{ stage: 2, batch: 3, uploadMs: 0.5, computeMs: 9, readbackMs: 1, packMs: 0.25, totalMs: 14, rttMs: 6 },
};

test('the parts of a step are its whole time at the stage; the wire is half a round trip', () => {
  const [entry] = withTrace(frame, times).trace;
  expect(entry).toEqual({
    ...{ stage: 2, batch: 3, queueMicros: 3250, uploadMicros: 500, computeMicros: 9000 },
    ...{ readbackMicros: 1250, hopMicros: 3000 },
  });
  const { queueMicros, uploadMicros, computeMicros, readbackMicros } = entry!;
  expect(queueMicros + uploadMicros + computeMicros + readbackMicros).toBe(14_000);
});

test('stages before keep their entries', () => {
  const first = withTrace(frame, { ...times, stage: 0 });
  expect(withTrace(first, times).trace.map(({ stage }) => stage)).toEqual([0, 2]);
  expect(frame.trace).toEqual([]);
});

test('clocks that run backwards or stand still for hours make an entry that travels', () => {
  const odd = { ...times, uploadMs: -5, computeMs: 1e9, readbackMs: Number.NaN, totalMs: 1, rttMs: 1e9 };
  const traced = withTrace(frame, odd);
  expect(traced.trace).toMatchObject([{ queueMicros: 0, uploadMicros: 0, computeMicros: 0xffff_ffff }]);
  expect(decodeFrame(encodeFrame(traced)).trace).toEqual(traced.trace);
});
