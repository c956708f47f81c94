// Which positions are due in which epoch. Pure.
import type { Range } from './count-cells.ts';
import type { Delivery } from './settlement-types.ts';

/** Positions that are due in one epoch: at the prompt's price, and at that of a token. */
export function dueIn(
  epoch: number,
  { promptTokens, cachedTokens, choices }: Delivery,
): { prompt: Range[]; tokens: Range[] } {
  const prompt: Range[] = [];
  const tokens: Range[] = [];
  for (const choice of choices) {
    // The last row of the prompt gives the first token.
    let from = promptTokens - 1;
    const first = choice.find((each) => each.tokens > 0);
    if (first?.epoch === epoch) prompt.push({ from: cachedTokens, to: promptTokens });
    for (const each of choice) {
      const to = from + each.tokens;
      if (each.epoch === epoch && to > from) tokens.push({ from, to });
      from = to;
    }
  }
  return { prompt, tokens };
}
