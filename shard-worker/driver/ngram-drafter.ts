// Guesses that what followed the last few tokens earlier in the conversation follows again: quotes, lists and code repeat.
// Source: prompt lookup decoding, A. Saxena, 2023.
import type { Drafter, DraftRequest } from './drafter.ts';

/** Longer matches say hardly more and cost more to find. */
const LONGEST_MATCH = 8;
/** One token alone matches nearly everywhere and predicts little. */
const SHORTEST_MATCH = 2;
/** How far back it looks: bounds the work of one guess. */
const WINDOW_TOKENS = 4096;

export class NgramDrafter implements Drafter {
  readonly kind = 'ngram';

  async propose({ history, most }: DraftRequest): Promise<number[]> {
    return continuation(history, most);
  }

  close(): void {}
}

/** What followed the longest earlier match of the end of `history`; among equals the latest one. Pure. */
export function continuation(history: readonly number[], most: number): number[] {
  const end = history.length;
  let bestLength = SHORTEST_MATCH - 1;
  let bestEnd = -1;
  // `at` is where the guess would begin: the tokens before it must equal the last ones.
  for (let at = end - 1; at > Math.max(0, end - WINDOW_TOKENS); at--) {
    let length = 0;
    while (length < LONGEST_MATCH && at - 1 - length >= 0 && history[at - 1 - length] === history[end - 1 - length]) {
      length++;
    }
    if (length > bestLength) {
      bestLength = length;
      bestEnd = at;
    }
    if (bestLength === LONGEST_MATCH) break;
  }
  return bestEnd < 0 ? [] : history.slice(bestEnd, bestEnd + most);
}
