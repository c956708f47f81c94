// The one line under an answer, and what a screen reader is told of it. Pure.
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatPlural, formatRate } from './format-count.ts';
import { formatMs } from './format-ms.ts';

/** `sharded over 3 tabs · 41.2 tok/s · first token 120 ms`. A single stage is `one tab`: nothing was sharded. */
export function answerLine(stats: AnswerStats): string {
  const stages = stats.route.length;
  const who = stages === 0 ? [] : [stages === 1 ? 'one tab' : `sharded over ${formatPlural(stages, 'tab')}`];
  const speed = stats.tokensPerSecond > 0 ? [formatRate(stats.tokensPerSecond)] : [];
  const first = stats.timeToFirstTokenMs > 0 ? [`first token ${formatMs(stats.timeToFirstTokenMs)}`] : [];
  return [...who, ...speed, ...first].join(' · ');
}

/** `120 tokens of prompt, 34 generated`. */
export const tokenLine = (stats: AnswerStats): string =>
  `${formatPlural(stats.promptTokens, 'token')} of prompt, ${formatPlural(stats.tokens, 'token')} generated`;
