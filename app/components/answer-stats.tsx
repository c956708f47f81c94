// How an answer was made: one line, which opens to the route and one lap's composition.
import type { AnswerStats as Stats } from '../../shard-worker/index.ts';
import { answerLine, tokenLine } from '../format/answer-line.ts';
import { formatMs } from '../format/format-ms.ts';
import { LapBar } from './lap-bar.tsx';
import { RouteTable } from './route-table.tsx';

interface Props {
  stats: Stats;
  /** Whether the route is shown without being asked for. */
  isOpen: boolean;
}

export function AnswerStats({ stats, isOpen }: Props) {
  return (
    <details
      className="mt-3 text-sm"
      open={isOpen}
      data-testid="answer-stats"
      data-tokens={stats.tokens}
      data-tokens-per-second={stats.tokensPerSecond}
    >
      <summary className="w-fit py-1.5 font-mono text-muted">{answerLine(stats) || tokenLine(stats)}</summary>
      <div className="mt-2 space-y-4 border-line border-l-2 pl-4">
        <p className="text-muted">
          {tokenLine(stats)}
          {stats.lapMs > 0 && `; one lap took ${formatMs(stats.lapMs)} on average`}.
        </p>
        <LapBar stats={stats} />
        <RouteTable stats={stats} />
      </div>
    </details>
  );
}
