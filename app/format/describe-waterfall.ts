// The rows of a waterfall in words, for titles, for the line below it and for screen readers. Pure.
import type { AnswerStats } from '../../shard-worker/index.ts';
import { formatBytes } from './format-bytes.ts';
import { formatLayers, formatRunsOn } from './format-model.ts';
import { formatMs } from './format-ms.ts';
import { draftMsOf, PART_LABELS, type WaterfallRow } from './layout-waterfall.ts';

/** Hundredths below a millisecond: most parts of a lap are there. */
const formatExact = (ms: number): string => (ms < 1 ? `${ms.toFixed(2)} ms` : formatMs(ms));

export function nameRow({ kind, stop }: WaterfallRow): { title: string; note: string } {
  if (stop) {
    const note = `${formatRunsOn(stop.backend, stop.device)} · ${formatBytes(stop.totalBytes)}`;
    return { title: `${stop.stage + 1} · layers ${formatLayers(stop.start, stop.end)}`, note };
  }
  if (kind === 'draft') return { title: 'Drafting', note: 'before the lap' };
  if (kind === 'return') return { title: 'Back to the entry', note: '' };
  return { title: 'Rest', note: 'sending, clocks' };
}

/** `Stage 2: wire 1.5 ms, queue 0.08 ms, …; 2.5 sessions shared a run.` */
export function tellRow({ kind, stop, parts, ms }: WaterfallRow): string {
  const times = parts.map((part) => `${PART_LABELS[part.name]} ${formatExact(part.ms)}`).join(', ');
  if (stop) {
    const shared = stop.batch > 1.005 ? `; ${stop.batch.toFixed(1)} sessions shared a run` : '';
    return `Stage ${stop.stage + 1}: ${times}${shared}.`;
  }
  if (kind === 'draft') return `Drafting: ${formatExact(ms)} before a lap, until the guess was there.`;
  if (kind === 'return') return `Back to the entry: ${formatExact(ms)} on the wire.`;
  return `Rest: ${formatExact(ms)} that no tab reported: sending, the entry’s own work, uneven round trips.`;
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
  const what = draftMs > 0 ? 'One lap with its drafting took' : 'One lap took';
  const brought = perLap.toFixed(1) === '1.0' ? 'one token' : `${perLap.toFixed(1)} tokens`;
  const overlap = wholeMs > OVERLAP * perLap * tokenMs ? ', since several laps were on their way at once' : '';
  const measured = laps === 1 ? 'One lap was measured.' : `Means over ${laps} laps.`;
  return `${what} ${formatMs(wholeMs)} and brought ${brought}; a token took ${formatMs(tokenMs)}${overlap}. ${measured}`;
}
