// What a window lends, in a few words for the head of every page. Pure.
import { formatCount, formatPlural } from './format-count.ts';

export interface LentShard {
  phase: string;
  tokens: number;
}

export interface LendingLine {
  /** For the eye. */
  text: string;
  /** Others depend on this window now. */
  isServing: boolean;
}

/** Undefined where nothing is lent. */
export function lendingLine(shards: readonly LentShard[]): LendingLine | undefined {
  const lent = shards.filter(({ phase }) => phase !== 'left');
  if (lent.length === 0) return undefined;
  const tokens = lent.reduce((sum, shard) => sum + shard.tokens, 0);
  if (lent.every(({ phase }) => phase === 'failed')) return { text: 'Lending failed', isServing: false };
  const isServing = lent.some(({ phase }) => phase === 'serving');
  if (!isServing) return { text: 'Lending: getting ready', isServing };
  const done =
    tokens > 0 ? `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'} computed` : 'waits for questions';
  return {
    text: lent.length > 1 ? `Lending ${formatPlural(lent.length, 'part')}: ${done}` : `Lending: ${done}`,
    isServing,
  };
}
