// The rows of a waterfall in words, for titles, for the line below it and for screen readers. Pure.
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatText } from '../text/english/format.ts';
import { formatBytes } from './format-bytes.ts';
import { formatFixed } from './format-count.ts';
import { formatLayers, formatRunsOn } from './format-model.ts';
import { formatMs } from './format-ms.ts';
import { draftMsOf, type WaterfallRow } from './layout-waterfall.ts';

/** Hundredths below a millisecond: most parts of a lap are there. */
const formatExact = (ms: number): string => (ms < 1 ? formatText.time.milliseconds(formatFixed(ms, 2)) : formatMs(ms));

export function nameRow({ kind, stop }: WaterfallRow): { title: string; note: string } {
  const words = formatText.waterfall;
  if (stop) {
    const note = `${formatRunsOn(stop.backend, stop.device)} · ${formatBytes(stop.totalBytes)}`;
    return { title: words.stage(stop.stage + 1, formatLayers(stop.start, stop.end)), note };
  }
  if (kind === 'draft') return { title: words.drafting, note: words.beforeLap };
  if (kind === 'return') return { title: words.back, note: '' };
  return { title: words.rest, note: words.restOf };
}

/** `Stage 2: wire 1.5 ms, queue 0.08 ms, …; 2.5 sessions shared a run.` */
export function tellRow({ kind, stop, parts, ms }: WaterfallRow): string {
  const words = formatText.waterfall;
  const times = parts.map((part) => `${formatText.parts[part.name]} ${formatExact(part.ms)}`).join(', ');
  if (stop) {
    const shared = stop.batch > 1.005 ? words.shared(formatFixed(stop.batch, 1)) : '';
    return words.tellStage(stop.stage + 1, times, shared);
  }
  if (kind === 'draft') return words.tellDraft(formatExact(ms));
  if (kind === 'return') return words.tellBack(formatExact(ms));
  return words.tellRest(formatExact(ms));
}

/** Laps that took so much longer than the tokens that they brought were not one after another. */
const OVERLAP = 1.2;

/** `One lap took 18 ms and brought 2.4 tokens; a token took 7.7 ms. Means over 14 laps.` */
export function tellLap(stats: AnswerStats): string {
  const { tokens, laps, lapMs, tokensPerSecond } = stats;
  const draftMs = draftMsOf(stats);
  const wholeMs = lapMs + draftMs;
  // The first token comes with the prompt, before any lap that is counted here.
  const perLap = laps > 0 ? (tokens - 1) / laps : 1;
  const tokenMs = tokensPerSecond > 0 ? 1000 / tokensPerSecond : wholeMs;
  const words = formatText.waterfall;
  const brought = perLap.toFixed(1) === '1.0' ? words.oneToken : words.tokens(formatFixed(perLap, 1));
  const tell = draftMs > 0 ? words.draftedLap : words.lap;
  const overlap = wholeMs > OVERLAP * perLap * tokenMs ? words.overlap : '';
  return `${tell(formatMs(wholeMs), brought, formatMs(tokenMs))}${overlap}. ${words.measured(laps)}`;
}
