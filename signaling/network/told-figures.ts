// How figures are told to everybody: coarse where they are of one person's device or doing. Pure.

/** Fewer answers than this are told as a few, and what they came to with one digit: they may all be one person's. */
const FEW = 5;
/** Steps of round trips: what is left says near or far, and not where. */
const STEPS = [1, 2, 3, 5, 7, 10];

export const roundTo = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** To the nearest of 1, 2, 3, 5, 7, 10, 20, ... ms. */
export function tellRtt(ms: number): number {
  if (ms < 1) return 1;
  const decade = 10 ** Math.floor(Math.log10(ms));
  const nearest = STEPS.reduce((best, step) =>
    Math.abs(step * decade - ms) < Math.abs(best * decade - ms) ? step : best,
  );
  return Math.round(nearest * decade);
}

/** Null: a few. */
export const tellAnswers = (answers: number): number | null =>
  answers === 0 ? 0 : answers < FEW ? null : roundTo(answers, 2);

/** Tokens a second that so many answers came to. */
export const tellRate = (tokensPerSecond: number, answers: number): number =>
  roundTo(tokensPerSecond, answers < FEW ? 1 : 2);
