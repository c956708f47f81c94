// What a trial finds, over executors that compute arithmetic, rightly and wrongly.
import { describe, expect, test } from 'vitest';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { ExecutorOutput, LayerExecutor } from '../engine/layer-executor.ts';
import { CHUNK_ROWS, judgeRuns, runReference, SAFE_ROWS, TRIAL_POSITIONS, type TrialRows } from './judge-runs.ts';

const RANGE = { start: 1, end: 2, layers: 4 };
const TOLERANCE = 1e-3;
const states = Float32Array.from({ length: TRIAL_POSITIONS * 4 }, (_, at) => Math.sin(at));
const rows: TrialRows = (from, to) => ({
  ...{ hidden: new Uint8Array(states.slice(4 * from, 4 * to).buffer), tokens: to - from },
});
const ids: TrialRows = (from, to) => ({
  ids: Int32Array.from({ length: to - from }, (_, at) => from + at),
  tokens: to - from,
});

/** A device that adds `error` to the first number of a run's last row where `isWrong` says so. */
function spoil(right: LayerExecutor, isWrong: (tokens: number, sessions: number) => boolean, error = 1): LayerExecutor {
  const runBatch: LayerExecutor['runBatch'] = async (items) => {
    const outputs = await right.runBatch(items);
    const spoiled = ({ hidden, ...rest }: ExecutorOutput): ExecutorOutput => {
      const values = new Float32Array(hidden!.slice().buffer);
      values[values.length - 4]! += error;
      return { hidden: new Uint8Array(values.buffer), ...rest };
    };
    return items[0] && isWrong(items[0].input.tokens, items.length) ? outputs.map(spoiled) : outputs;
  };
  return { ...right, run: async (cache, input) => (await runBatch([{ cache, input }]))[0]!, runBatch };
}

const inner = (maxBatch = 16) => arithmeticExecutor({ ...RANGE, maxBatch });
const judge = async (device: LayerExecutor) => judgeRuns(device, rows, await runReference(inner(1), rows), TOLERANCE);

test('a device that computes as the reference does may take a chunk at once, and sessions together', async () => {
  expect(await judge(inner())).toEqual({ bounds: { rows: CHUNK_ROWS, isShared: true }, chunkError: 0, sharedError: 0 });
});

test('F6: one that is wrong from 32 rows on is found, and gets 31 at most', async () => {
  const verdict = await judge(spoil(inner(), (tokens) => tokens >= 32));
  expect(verdict.bounds).toEqual({ rows: SAFE_ROWS, isShared: true });
  expect(verdict.chunkError).toBeGreaterThan(0.1);
  expect(verdict.piecesError).toBe(0);
});

test('F6: halves of 32 would be as wrong as the whole: pieces are shorter than what is wrong', () => {
  expect(SAFE_ROWS).toBeLessThan(32);
  expect(SAFE_ROWS).toBeLessThan(CHUNK_ROWS / 2);
});

describe('what is wrong however it is asked gets no bounds', () => {
  test.each<[string, (tokens: number) => boolean, number]>([
    ['every run', () => true, 1],
    ['a decode step alone', (tokens) => tokens === 1, 1],
    ['a verification of drafts alone', (tokens) => tokens === 3, 1],
    ['a few rows alone', (tokens) => tokens > 3 && tokens <= 31, 1],
    ['numbers that are none', () => true, Number.NaN],
    ['numbers without end', () => true, Number.POSITIVE_INFINITY],
  ])('%s', async (_, isWrong, error) => {
    const verdict = await judge(spoil(inner(), isWrong, error));
    expect(verdict.bounds).toBeUndefined();
  });
});

test('one that is wrong for sessions together alone computes them one after another', async () => {
  const verdict = await judge(spoil(inner(), (_, sessions) => sessions > 1));
  expect(verdict.bounds).toEqual({ rows: CHUNK_ROWS, isShared: false });
  expect(verdict.sharedError).toBeGreaterThan(0.1);
});

test('what rounding explains is no fault', async () => {
  const { bounds } = await judge(spoil(inner(), () => true, 1e-5));
  expect(bounds).toEqual({ rows: CHUNK_ROWS, isShared: true });
});

test('an exit is judged by its logits', async () => {
  const whole = () => arithmeticExecutor({ start: 0, end: 2, layers: 2, maxBatch: 16 });
  const expected = await runReference(whole(), ids);
  expect((await judgeRuns(whole(), ids, expected, TOLERANCE)).bounds).toEqual({ rows: CHUNK_ROWS, isShared: true });
  const other = arithmeticExecutor({ start: 0, end: 3, layers: 3, maxBatch: 16 });
  expect((await judgeRuns(other, ids, expected, TOLERANCE)).bounds).toBeUndefined();
});
