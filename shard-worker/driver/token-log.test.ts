import { describe, expect, it } from 'vitest';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import { type FedLap, TokenLog } from './token-log.ts';

const { sample, sampleAll, rollback } = FRAME_FLAGS;
const rowsOf = (...ids: number[]): ResultRow[] => ids.map((id) => ({ id }));
const idsOf = (rows: readonly ResultRow[]): number[] => rows.map(({ id }) => id);

/** A model that goes on with one more than the last id, and an entry that drafts: the laps that both ends tell of. */
function answer(prompt: number[], tokens: number, random: () => number) {
  const told: { fed: FedLap; rows: ResultRow[] }[] = [];
  const next = (id: number): number => (7 * id + 3) % 101;
  const verified = [...prompt];
  /** Right positions that the stages hold. */
  let held = 0;
  let isAhead = false;
  for (let lap = 1; verified.length < prompt.length + tokens; lap++) {
    const position = Math.min(held, verified.length - 1);
    const drafts: number[] = [];
    for (let left = Math.floor(random() * 5); left > 0; left--) {
      drafts.push(random() < 0.7 ? next(drafts.at(-1) ?? verified.at(-1)!) : Math.floor(random() * 101));
    }
    const ids = [...verified.slice(position), ...drafts];
    const flags = (drafts.length > 0 ? sampleAll : sample) | (isAhead ? rollback : 0);
    const rows = drafts.length > 0 ? ids.map(next) : [next(ids.at(-1)!)];
    told.push({ fed: { lap: lap * 3, position, ids, flags }, rows: rowsOf(...rows) });
    held = verified.length;
    verified.push(next(verified.at(-1)!));
    let right = 0;
    while (right < drafts.length && drafts[right] === verified.at(-1)) {
      verified.push(next(drafts[right]!));
      right++;
    }
    held += right;
    isAhead = right < drafts.length;
  }
  return { told, verified };
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('what a client joins of two ends', () => {
  it('is what was verified, however the laps were drafted and whichever end is late', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      const prompt = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * 101));
      const { told, verified } = answer(prompt, 30, random);
      const log = new TokenLog(prompt);
      const got: number[] = [];
      let [fed, sampled] = [0, 0];
      while (fed < told.length || sampled < told.length) {
        const isFed =
          sampled >= told.length || (fed < told.length && random() < 0.5 && fed - sampled < 8) || sampled - fed > 8;
        if (isFed) got.push(...idsOf(log.fed(told[fed++]!.fed).rows));
        else got.push(...idsOf(log.sampled(told[sampled]!.fed.lap, told[sampled++]!.rows).rows));
      }
      expect([...prompt, ...got]).toEqual(verified);
    }
  });

  it('goes on from what is known, and counts nothing twice', () => {
    const log = new TokenLog([1, 2, 3, 4]);
    expect(log.fed({ lap: 1, position: 0, ids: [1, 2, 3, 4], flags: sampleAll }).rows).toEqual([]);
    expect(idsOf(log.sampled(1, rowsOf(2, 3, 4, 5)).rows)).toEqual([5]);
    expect(log.length).toBe(5);
  });

  it('takes what was missed by one end’s word, where it fits', () => {
    const log = new TokenLog([1, 2, 3]);
    expect(idsOf(log.missed(2, rowsOf(3, 4, 5)))).toEqual([4, 5]);
    expect(() => log.missed(3, rowsOf(9))).toThrow(expect.objectContaining({ code: 'stage-failed' }));
    expect(() => log.missed(9, rowsOf(9))).toThrow(expect.objectContaining({ code: 'stage-failed' }));
    const flood = (): void => {
      for (let left = 0; left < 10; left++) log.missed(log.length, rowsOf(...Array.from({ length: 100 }, () => 1)));
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'stage-failed' }));
  });

  it('another session begins with what is known and caches that are empty', () => {
    const log = new TokenLog([1, 2]);
    log.fed({ lap: 1, position: 0, ids: [1, 2], flags: sample });
    expect(idsOf(log.sampled(1, rowsOf(5)).rows)).toEqual([5]);
    log.fed({ lap: 2, position: 2, ids: [5], flags: sample });
    log.begin(2);
    log.fed({ lap: 3, position: 0, ids: [1, 2, 5], flags: sample });
    expect(idsOf(log.sampled(3, rowsOf(6)).rows)).toEqual([6]);
  });

  it.each([
    ['nothing may be guessed: at the next lap', false, 1],
    ['guesses are taken back: after eight laps that are not', true, 9],
  ])('an entry that goes on after another token than the exit gave is found out; where %s', (_when, mayGuess, laps) => {
    const log = new TokenLog([1], mayGuess);
    log.fed({ lap: 1, position: 0, ids: [1], flags: sample });
    expect(idsOf(log.sampled(1, rowsOf(5)).rows)).toEqual([5]);
    let told = 0;
    const feed = (): void => {
      for (let at = 1; at < 20; at++) {
        told++;
        log.fed({ lap: 1 + at, position: at, ids: [9], flags: sample });
        expect(log.sampled(1 + at, rowsOf(6)).rows).toEqual([]);
      }
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'stage-failed' }));
    expect(told).toBe(laps);
  });

  const feedOne = (log: TokenLog, position = 0) => log.fed({ lap: 1, position, ids: [1], flags: sample });

  it.each<[string, string, (log: TokenLog) => void]>([
    [
      'a position is left out: a lie',
      'stage-failed',
      (log) => {
        feedOne(log, 3);
        log.sampled(1, rowsOf(1));
      },
    ],
    [
      'a lap’s rows did not come: they are asked for again',
      'link-failed',
      (log) => {
        feedOne(log);
        log.sampled(2, rowsOf(1));
      },
    ],
    [
      'more was answered than asked: a lie',
      'stage-failed',
      (log) => {
        feedOne(log);
        log.sampled(1, rowsOf(1, 2));
      },
    ],
    [
      'one end is silent: a lost route',
      'lap-timeout',
      (log) => {
        for (let lap = 1; lap < 400; lap++) log.sampled(lap, rowsOf(1));
      },
    ],
  ])('ends where %s', (_what, code, tell) => {
    expect(() => tell(new TokenLog([1]))).toThrow(expect.objectContaining({ code }));
  });
});
