// An answer's route as a table for people and as one line of JSON for programs. Pure.
import { formatBytes } from '../../app/format/format-bytes.ts';
import { formatPlural, formatRate } from '../../app/format/format-count.ts';
import { formatLayers } from '../../app/format/format-model.ts';
import { formatMs } from '../../app/format/format-ms.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { stepMsOf } from '../../protocol/job.ts';
import type { Answer } from '../../shard-worker/words/peer-state.ts';
import { formatTable } from '../terminal/format-table.ts';
import type { ShardView } from './shard-view.ts';

export interface DemoReport {
  model: ModelRef;
  /** In the order of the route. `bytes`: what the tab fetched over the network for its slice. */
  stages: { layers: [start: number, end: number]; bytes: number; backend: string }[];
  promptTokens: number;
  tokens: number;
  text: string;
  tokensPerSecond: number;
  timeToFirstTokenMs: number;
}

export function reportAnswer(model: ModelRef, answer: Answer, shards: readonly ShardView[]): DemoReport {
  const { stats, text } = answer;
  return {
    model,
    stages: stats.route.map(({ start, end, backend }) => ({
      layers: [start, end],
      bytes: fetchedBytes(shards, start),
      backend,
    })),
    promptTokens: stats.promptTokens,
    tokens: stats.tokens,
    text,
    tokensPerSecond: stats.tokensPerSecond,
    timeToFirstTokenMs: stats.timeToFirstTokenMs,
  };
}

/** The table and a line of totals. Times are means per lap. */
export function formatRoute(answer: Answer, shards: readonly ShardView[]): string[] {
  const { stats } = answer;
  const rows = stats.route.map((stop, at) => [
    `${at + 1}`,
    formatLayers(stop.start, stop.end),
    stop.backend,
    formatBytes(fetchedBytes(shards, stop.start)),
    formatMs(stepMsOf(stop)),
    formatMs(stop.queueMs),
    formatMs(stop.hopMs),
  ]);
  if (stats.returnHopMs > 0) rows.push(['back', '', '', '', '', '', formatMs(stats.returnHopMs)]);
  const table = formatTable(
    [
      { title: 'stage' },
      { title: 'layers', align: 'right' },
      { title: 'backend' },
      { title: 'fetched', align: 'right' },
      { title: 'step per lap', align: 'right' },
      { title: 'queue', align: 'right' },
      { title: 'hop', align: 'right' },
    ],
    rows,
  );
  return [
    ...table,
    '',
    `${formatPlural(stats.promptTokens, 'token')} of prompt, ${stats.tokens} generated at ${formatRate(stats.tokensPerSecond)}, first token after ${formatMs(stats.timeToFirstTokenMs)}`,
  ];
}

/** Stages are known by their first layer: no two of a coalition share one. */
const fetchedBytes = (shards: readonly ShardView[], start: number): number =>
  shards.find(({ layers }) => layers?.[0] === start)?.networkBytes ?? 0;
