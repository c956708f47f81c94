// What an answer costs, from what was delivered alone. Pure.
import type { Price } from '../../protocol/credits.ts';
import type { Delivered, Delivery, Most } from './settlement-types.ts';

/**
 * `(prompt - cached) x prompt price + delivered x completion price`, for each choice that delivered anything, in micros.
 * Replays, drafts and cuts are not in it. `delivery` as `clampDelivery` gives it.
 */
export function billOf({ promptTokens, cachedTokens, choices }: Delivery, price: Price): number {
  return choices.reduce((sum, choice) => {
    const tokens = tokensOf(choice);
    return tokens === 0
      ? sum
      : sum + (promptTokens - cachedTokens) * price.promptMicros + tokens * price.completionMicros;
  }, 0);
}

/** Whatever was said, as whole numbers that the hold pays for: bill and hold come from the same bounds. */
export function clampDelivery(delivery: Delivery, most: Most): Delivery {
  const promptTokens = clamp(delivery.promptTokens, 1, Math.max(1, most.promptTokens));
  return {
    promptTokens,
    // All of it where an answer goes on that was cut: its last token was paid for, and the row that gives the next one is due
    // as that token's.
    cachedTokens: clamp(delivery.cachedTokens, 0, promptTokens),
    choices: delivery.choices.slice(0, most.choices).map((choice) => {
      let left = most.maxTokens;
      return choice.map(({ epoch, tokens }) => {
        const taken = clamp(tokens, 0, left);
        left -= taken;
        return { epoch, tokens: taken };
      });
    }),
  };
}

export const tokensOf = (choice: readonly Delivered[]): number => choice.reduce((sum, { tokens }) => sum + tokens, 0);

/** What is no number counts as the least. */
const clamp = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), least), most) : value > 0 ? most : least;
