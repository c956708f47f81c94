// The one line under an answer, and what a screen reader is told of it. Pure.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatText } from '../text/english/format.ts';
import { formatFixed, formatPlural, formatRate } from './format-count.ts';
import { formatMs } from './format-ms.ts';

/** `3 tabs together · 41.2 tok/s · first token 120 ms`. A single stage is `one tab`: nobody else computed. */
export function answerLine(stats: AnswerStats, plan?: Pick<RoutePlan, 'local'>): string {
  const who = nameDevices(stats.route.length, plan?.local ?? false);
  const speed = stats.tokensPerSecond > 0 ? [formatRate(stats.tokensPerSecond)] : [];
  const first = stats.timeToFirstTokenMs > 0 ? [formatText.answer.firstToken(formatMs(stats.timeToFirstTokenMs))] : [];
  return [...who, ...speed, ...first].join(' · ');
}

function nameDevices(stages: number, local: boolean): string[] {
  const { thisDevice, oneTab, sharded } = formatText.answer;
  if (local) return [thisDevice];
  if (stages === 0) return [];
  return [stages === 1 ? oneTab : sharded(formatPlural(stages, 'tab'))];
}

/** `120 tokens of prompt, 34 generated`. */
export const tokenLine = (stats: AnswerStats): string =>
  formatText.answer.tokens(formatPlural(stats.promptTokens, 'token'), formatPlural(stats.tokens, 'token'));

/** `2.4 tokens per lap: 30 of 40 drafted tokens were right (75 %).` '' where nothing was drafted. */
export function draftLine(stats: Pick<AnswerStats, 'laps' | 'lapTokens' | 'drafted' | 'accepted'>): string {
  if (!(stats.drafted > 0)) return '';
  const { drafts, perLap } = formatText.answer;
  const laps = stats.laps > 0 ? perLap(formatFixed(stats.lapTokens / stats.laps, 1)) : '';
  const share = Math.round((100 * stats.accepted) / stats.drafted);
  return `${laps}${drafts(`${stats.accepted}`, formatPlural(stats.drafted, 'drafted token'), share)}`;
}
