// Where an answer's figures open to: why this route, and where a lap's time went at each stop of it.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { RouteChoice } from '../ui/route-choice.tsx';
import { Waterfall } from './waterfall.tsx';

export interface FiguresProps {
  /** Missing until the first figures are in. */
  stats: AnswerStats | undefined;
  plan: RoutePlan | undefined;
}

export function AnswerFigures({ stats, plan }: FiguresProps) {
  return (
    <>
      {plan && <RouteChoice plan={plan} outcome={stats} />}
      {stats && <Waterfall stats={stats} />}
    </>
  );
}
