// The route that was taken beside those that were turned down, as bars. Pure.
import type { Mode, Prediction, RoutePlan } from '../../protocol/route-plan.ts';
import { nameRoute } from './describe-mode.ts';

export interface RouteBar {
  key: string;
  name: string;
  mode: Mode;
  chosen: boolean;
  /** Why it was taken or turned down, in English; by kind in `facts`, but of an older server. */
  why: string;
  facts?: RoutePlan['facts'];
  /** Missing where nothing could be predicted, e.g. because it cannot run at all. */
  predicted?: Prediction;
  /** Length of its bar, percent of the fastest; 0 without a prediction. */
  percent: number;
  /** What it really did, on the same scale; only of the chosen one. */
  actualPercent?: number;
  actualTokensPerSecond?: number;
}

/** The chosen route first, then the others as the planner ordered them: best first. */
export function compareRoutes(plan: RoutePlan, actualTokensPerSecond?: number): RouteBar[] {
  const actual = actualTokensPerSecond && actualTokensPerSecond > 0 ? actualTokensPerSecond : undefined;
  const rates = [plan.predicted, ...plan.rejected.map((route) => route.predicted)].map(
    (prediction) => prediction?.tokensPerSecond ?? 0,
  );
  const top = Math.max(...rates, actual ?? 0, Number.MIN_VALUE);
  const percentOf = (rate: number | undefined) => Math.round((1000 * (rate ?? 0)) / top) / 10;
  const chosen: RouteBar = {
    key: 'chosen',
    name: nameRoute(plan),
    mode: plan.mode,
    chosen: true,
    why: plan.reason,
    facts: plan.facts,
    predicted: plan.predicted,
    percent: percentOf(plan.predicted.tokensPerSecond),
    ...(actual ? { actualPercent: percentOf(actual), actualTokensPerSecond: actual } : {}),
  };
  const others = plan.rejected.map(
    (route, index): RouteBar => ({
      key: `rejected-${index}`,
      name: nameRoute(route),
      mode: route.mode,
      chosen: false,
      why: route.why,
      facts: route.facts,
      ...(route.predicted ? { predicted: route.predicted } : {}),
      percent: percentOf(route.predicted?.tokensPerSecond),
    }),
  );
  return [chosen, ...others];
}
