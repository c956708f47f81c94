// The platform's modes of answering, for people. Pure.
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Mode } from '../../protocol/route-plan.ts';

export const MODE_NAMES: Record<Mode, string> = {
  solo: 'One device',
  lan: 'Coalition',
  speculative: 'Coalition with drafts',
  batch: 'Batch, later',
};

/** A plan that runs in the asking tab reads as "This device". */
export const nameRoute = (route: { mode: Mode; local?: boolean }): string =>
  route.local ? 'This device' : MODE_NAMES[route.mode];

export const DRAFTER_NAMES = { none: 'none', ngram: 'repeats in the text', model: 'a small model' } as const;

/** Sentences on what is rounded on the way between tabs; `exact` is not worth one. */
export const CODEC_NOTES: Record<Exclude<CodecPolicy, 'exact'>, string> = {
  f16: 'Hidden states travel in half precision: half the bytes, and answers may differ a little.',
  int8: 'Hidden states travel as one byte per number: a quarter of the bytes, and answers may differ.',
  auto: 'Hidden states are rounded where a link is slow enough for it to pay; answers may differ a little.',
};
