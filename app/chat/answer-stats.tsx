// How an answer was made: one line, which opens to why this route, and to where a lap's time went at each stop of it.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Settlement, AnswerStats as Stats } from '../../shard-worker/index.ts';
import { answerLine, draftLine, tokenLine } from '../format/answer-line.ts';
import { nameRoute } from '../format/describe-mode.ts';
import { RouteChoice } from '../ui/route-choice.tsx';
import { ChargeLine } from './charge-line.tsx';
import { Waterfall } from './waterfall.tsx';

interface Props {
  /** Missing until the first figures are in. */
  stats: Stats | undefined;
  plan: RoutePlan | undefined;
  settlement: Settlement | undefined;
}

export function AnswerStats({ stats, plan, settlement }: Props) {
  const line = stats ? answerLine(stats, plan) || tokenLine(stats) : '';
  const drafts = stats && draftLine(stats);
  return (
    <details
      className="mt-3 text-sm"
      data-testid="answer-stats"
      data-tokens={stats?.tokens}
      data-tokens-per-second={stats?.tokensPerSecond}
    >
      <summary className="w-fit py-1.5 font-mono text-muted">{line || (plan && nameRoute(plan))}</summary>
      <div className="mt-2 space-y-4 border-line border-l-2 pl-4">
        {stats && (
          <p className="text-muted">
            {tokenLine(stats)}.{drafts && ` ${drafts}`}
          </p>
        )}
        {settlement && <ChargeLine settlement={settlement} />}
        {plan && <RouteChoice plan={plan} outcome={stats} />}
        {stats && <Waterfall stats={stats} />}
      </div>
    </details>
  );
}
