import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../protocol/hex.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import type { CandidateRow } from '../sampling/sample-token.ts';
import { packResultRows, rateToken, resultWidth, unpackResultRows } from './result-rows.ts';

const badFrame = expect.objectContaining({ code: 'bad-frame' });

/** A row whose candidates are its `kept` largest logits, as the exit's graph gives them at this temperature. */
function makeRow(logits: number[], kept: number, inverseTemperature = 1): CandidateRow & { reads: number } {
  const ids = logits.map((_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const row = {
    reads: 0,
    values: Float32Array.from(ids.slice(0, kept), (id) => logits[id]!),
    ids: Int32Array.from(ids.slice(0, kept)),
    logSumExp: Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit * inverseTemperature), 0)),
    fullLogits: async () => {
      row.reads++;
      return Float32Array.from(logits);
    },
  };
  return row;
}

const LOGITS = [0.5, 2, -1, 2, 3.25, 0];
/** Plain softmax at temperature 1, written down another way than the code under test. */
const total = LOGITS.reduce((sum, logit) => sum + Math.exp(logit), 0);
const chance = (id: number) => Math.log(Math.exp(LOGITS[id]!) / total);

describe('the log-probability of a token', () => {
  test('is the model’s at temperature 1, and candidates are enough for it', async () => {
    const row = makeRow(LOGITS, 4);
    const { id, logprob, top } = await rateToken(row, 0, { count: 3, inverseTemperature: 1 });
    expect([id, row.reads]).toEqual([0, 0]);
    expect(logprob).toBeCloseTo(chance(0), 6);
    expect(top.map((entry) => entry.id)).toEqual([4, 1, 3]);
    for (const entry of top) expect(entry.logprob).toBeCloseTo(chance(entry.id), 6);
  });

  test.each([0.5, 2])('does not depend on the temperature of sampling (1/T = %d)', async (inverseTemperature) => {
    const row = makeRow(LOGITS, 4, inverseTemperature);
    const { logprob, top } = await rateToken(row, 1, { count: 2, inverseTemperature });
    expect(row.reads).toBe(1);
    expect(logprob).toBeCloseTo(chance(1), 6);
    expect(top[0]!.logprob).toBeCloseTo(chance(4), 6);
  });

  test('of a token that is no candidate, or with more alternatives than candidates, reads the whole row', async () => {
    const rare = await rateToken(makeRow(LOGITS, 2), 2, { count: 0, inverseTemperature: 1 });
    expect(rare.logprob).toBeCloseTo(chance(2), 6);
    expect(rare.top).toEqual([]);
    const many = await rateToken(makeRow(LOGITS, 2), 4, { count: 5, inverseTemperature: 1 });
    expect(many.top.map(({ id }) => id)).toEqual([4, 1, 3, 0, 5]);
  });

  test('of equal logits puts the lower id first, in whatever order a backend gives them', async () => {
    const row = { ...makeRow(LOGITS, 3), values: Float32Array.of(3.25, 2, 2), ids: Int32Array.of(4, 3, 1) };
    const { top } = await rateToken(row, 4, { count: 3, inverseTemperature: 1 });
    expect(top.map(({ id }) => id)).toEqual([4, 1, 3]);
  });

  test('of probability 0 is a number that JSON has', async () => {
    const { logprob } = await rateToken(makeRow([0, Number.NEGATIVE_INFINITY], 2), 1, {
      count: 0,
      inverseTemperature: 1,
    });
    expect(logprob).toBe(-9999);
  });
});

describe('rows', () => {
  const random = new SeededRandom(91);
  const token = () => ({ id: random.whole(0, 300_000), logprob: -random.whole(0, 4000) / 64 });

  test.each([undefined, 0, 1, 5, 20])('with logprobs %j are unpacked as they were packed', (logprobs) => {
    const rows = Array.from({ length: 7 }, () =>
      logprobs === undefined ? { id: token().id } : { ...token(), top: Array.from({ length: logprobs }, token) },
    );
    const bytes = packResultRows(rows, logprobs);
    expect(bytes.byteLength).toBe(7 * 4 * resultWidth(logprobs));
    // As a view into a larger buffer that starts anywhere, which is how frames come.
    const shifted = new Uint8Array(bytes.byteLength + 3);
    shifted.set(bytes, 3);
    expect(unpackResultRows(shifted.subarray(3), resultWidth(logprobs))).toEqual(rows);
  });

  test('are those of the golden frame', () => {
    const path = new URL('../../protocol/golden-vectors.json', import.meta.url);
    const { frames, resultRows } = JSON.parse(readFileSync(path, 'utf8'));
    const { payload } = frames[resultRows.frame];
    expect(toHex(packResultRows(resultRows.rows, 1))).toBe(payload);
    expect(unpackResultRows(fromHex(payload), 4)).toEqual(resultRows.rows);
  });

  test('of no tokens are none', () => {
    expect(unpackResultRows(packResultRows([], 3), 8)).toEqual([]);
  });

  test.each([0, 3, 5, 44, -2, 1.5, Number.NaN])('of width %d are refused', (width) => {
    expect(() => unpackResultRows(new Uint8Array(0), width)).toThrow(badFrame);
  });

  test('of another length, with an id below 0, or with what is no log-probability are refused', () => {
    expect(() => unpackResultRows(new Uint8Array(12), 2)).toThrow(badFrame);
    expect(() => unpackResultRows(packResultRows([{ id: -1 }], undefined), 1)).toThrow(badFrame);
    for (const logprob of [Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => unpackResultRows(packResultRows([{ id: 1, logprob }], 0), 2)).toThrow(badFrame);
      const top = [{ id: 1, logprob }];
      expect(() => unpackResultRows(packResultRows([{ id: 1, logprob: -1, top }], 1), 4)).toThrow(badFrame);
    }
  });
});
