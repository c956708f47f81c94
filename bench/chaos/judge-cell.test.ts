import { expect, test } from 'vitest';
import { CELLS, selectCells } from './cells.ts';
import { judgeRound, type SeenAnswer, type SeenRound } from './judge-cell.ts';

const CALM: SeenAnswer = { text: 'a fox', ids: [1, 2], promptTokens: 9, tokens: 2, chargedMicros: 900 };
const [closed] = selectCells('close middle spare');
const [frozen] = selectCells('freeze middle decode');
const round = (answer: Partial<SeenAnswer>, rest: Partial<SeenRound> = {}): SeenRound => ({
  ...{ answers: [{ ...CALM, ...answer }], silentS: 1, heldMicros: 0, lostShare: 1 / 3, ...rest },
});

test('an equal answer with the same bill passes', () => {
  expect(judgeRound(closed!, [CALM], round({}))).toEqual([]);
});

test('what a lost tab can show no more stays the payer’s, and no more than that', () => {
  expect(judgeRound(closed!, [CALM], round({ chargedMicros: 600 }))).toEqual([]);
  expect(judgeRound(closed!, [CALM], round({ chargedMicros: 590 }))).toHaveLength(1);
  expect(judgeRound(closed!, [CALM], round({ chargedMicros: 901 }))).toHaveLength(1);
  // Nobody is lost.
  expect(judgeRound(frozen!, [CALM], round({ chargedMicros: 899 }))).toHaveLength(1);
});

test.each<[string, SeenRound]>([
  ['another text', round({ text: 'a fax' })],
  ['other ids', round({ ids: [1, 3] })],
  ['another usage', round({ tokens: 3 })],
  ['a hold', round({}, { heldMicros: 1 })],
  ['a missing answer', round({}, { answers: [] })],
  ['a fault that came late', round({}, { isLate: true })],
])('%s is found', (_, seen) => {
  expect(judgeRound(closed!, [CALM], seen)).toHaveLength(1);
});

test('every cell has a name of its own, by which it can be chosen', () => {
  expect(new Set(CELLS.map(({ name }) => name)).size).toBe(CELLS.length);
  for (const cell of CELLS) expect(selectCells(cell.name)).toContain(cell);
  expect(selectCells('')).toEqual(CELLS);
  expect(selectCells('no such')).toEqual([]);
});
