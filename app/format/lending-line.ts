// What a window lends, in a few words for the head of every page. Pure.
import { formatText } from '../text/english/format.ts';
import { formatPlural } from './format-count.ts';

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
  const { lending: words } = formatText;
  const tokens = lent.reduce((sum, shard) => sum + shard.tokens, 0);
  if (lent.every(({ phase }) => phase === 'failed')) return { text: words.failed, isServing: false };
  const isServing = lent.some(({ phase }) => phase === 'serving');
  if (!isServing) return { text: words.gettingReady, isServing };
  const done = tokens > 0 ? words.computed(formatPlural(tokens, 'token')) : words.waits;
  const text = lent.length > 1 ? words.several(formatPlural(lent.length, 'part'), done) : words.one(done);
  return { text, isServing };
}
