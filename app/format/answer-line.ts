// The one line under an answer, and what a screen reader is told of it. Pure.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatPlural, formatRate } from './format-count.ts';
import { formatMs } from './format-ms.ts';

/** `sharded over 3 tabs · 41.2 tok/s · first token 120 ms`. A single stage is `one tab`: nothing was sharded. */
export function answerLine(stats: AnswerStats, plan?: Pick<RoutePlan, 'local'>): string {
  const who = nameDevices(stats.route.length, plan?.local ?? false);
  const speed = stats.tokensPerSecond > 0 ? [formatRate(stats.tokensPerSecond)] : [];
  const first = stats.timeToFirstTokenMs > 0 ? [`first token ${formatMs(stats.timeToFirstTokenMs)}`] : [];
  return [...who, ...speed, ...first].join(' · ');
}

function nameDevices(stages: number, local: boolean): string[] {
  if (local) return ['this device'];
  if (stages === 0) return [];
  return [stages === 1 ? 'one tab' : `sharded over ${formatPlural(stages, 'tab')}`];
}

/** `120 tokens of prompt, 34 generated`. */
export const tokenLine = (stats: AnswerStats): string =>
  `${formatPlural(stats.promptTokens, 'token')} of prompt, ${formatPlural(stats.tokens, 'token')} generated`;

/** `2.4 tokens per lap: 30 of 40 drafted tokens were right (75 %).` '' where nothing was drafted. */
export function draftLine(stats: Pick<AnswerStats, 'laps' | 'lapTokens' | 'drafted' | 'accepted'>): string {
  if (!(stats.drafted > 0)) return '';
  const perLap = stats.laps > 0 ? `${(stats.lapTokens / stats.laps).toFixed(1)} tokens per lap: ` : '';
  const share = Math.round((100 * stats.accepted) / stats.drafted);
  return `${perLap}${stats.accepted} of ${formatPlural(stats.drafted, 'drafted token')} were right (${share} %).`;
}
