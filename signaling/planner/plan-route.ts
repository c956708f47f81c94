// Decides how one request is answered and says why, with what it turned down. Pure: the same situation, the same route.
import type { RouteFact } from '../../protocol/route-fact.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { MAX_QUEUE_WAIT_MS } from './bounds.ts';
import { listOptions } from './list-options.ts';
import type { Route, RouteObstacle, RouteOption, RouteRefusal, Situation } from './route-types.ts';
import { tellFact, tellFacts } from './tell-facts.ts';

/** As route-plan.ts allows. */
const MAX_REJECTED = 8;

/**
 * `auto` takes what ends soonest: wait, first token and the rest together. When nothing interactive can be had, or only
 * after MAX_QUEUE_WAIT_MS, it is a batch. A wish (`request.mode`) is kept or refused, never replaced.
 */
export function planRoute(situation: Situation): Route | RouteRefusal {
  const { mode: wish = 'auto' } = situation.request;
  const { possible, obstacles } = listOptions(situation);
  const byTotal = [...possible].sort((a, b) => a.totalMs - b.totalMs);
  if (wish === 'batch') return batchRoute(situation, byTotal, obstacles, { kind: 'asked-for-batch' });
  if (wish !== 'auto') {
    const option = byTotal.find(({ mode }) => mode === wish);
    const others = byTotal.filter((other) => other !== option);
    if (option) return routeOf(option, rejectionsOf(option, others, obstacles));
    const obstacle = obstacles.find(({ mode }) => mode === wish);
    const isNobody = possible.length === 0 && situation.peers.length === 0;
    return {
      kind: 'refused',
      code: isNobody ? 'no-stages' : 'conflict',
      message: `The mode "${wish}" cannot be had now. ${obstacle ? tellFact(obstacle.why) : 'No tab here can do it.'}`,
      rejected: rejectionsOf(undefined, others, obstacles),
    };
  }
  const soon = byTotal.filter(({ expectedWaitMs }) => expectedWaitMs <= MAX_QUEUE_WAIT_MS);
  const [best] = soon;
  if (best)
    return routeOf(
      best,
      rejectionsOf(
        best,
        byTotal.filter((option) => option !== best),
        obstacles,
      ),
    );
  if (!situation.manifest) {
    const message = 'No tab serves this model, and none ever told what it weighs.';
    return { kind: 'refused', code: 'no-stages', message, rejected: rejectionsOf(undefined, [], obstacles) };
  }
  return batchRoute(situation, byTotal, obstacles, whyBatch(situation, byTotal, obstacles));
}

function whyBatch(situation: Situation, late: readonly RouteOption[], obstacles: readonly RouteObstacle[]): RouteFact {
  const [first] = late;
  if (first) {
    const { running, queued } = situation.load;
    return { kind: 'crowded', running, queued, waitMs: first.expectedWaitMs, mostWaitMs: MAX_QUEUE_WAIT_MS };
  }
  const told = obstacles.find(({ option }) => option) ?? obstacles.find(({ mode }) => mode !== 'solo');
  return told?.why ?? { kind: 'nothing-now' };
}

function batchRoute(
  situation: Situation,
  options: readonly RouteOption[],
  obstacles: readonly RouteObstacle[],
  why: RouteFact,
): Route | RouteRefusal {
  if (!situation.manifest) {
    return {
      kind: 'refused',
      code: 'no-stages',
      message: 'No tab ever offered this model: nothing is known of it.',
      rejected: [],
    };
  }
  const ring = options.find(({ local }) => !local) ?? obstacles.find(({ option }) => option)?.option;
  return {
    kind: 'route',
    plan: {
      mode: 'batch',
      driver: 'entry',
      local: false,
      drafter: ring?.drafter ?? 'none',
      stages: ring?.stages ?? 0,
      ...told([why, { kind: 'later' }]),
      predicted: tidy(ring?.predicted ?? { tokensPerSecond: 0, timeToFirstTokenMs: 0 }),
      rejected: rejectionsOf(undefined, options, obstacles),
    },
    uncorrected: ring?.uncorrected,
    over: ring?.over ?? { kind: 'none' },
    expectedWaitMs: ring?.expectedWaitMs ?? 0,
  };
}

function routeOf(option: RouteOption, rejected: RoutePlan['rejected']): Route {
  const { mode, driver, local, drafter, stages, predicted, uncorrected, over, expectedWaitMs } = option;
  const { tokensPerSecond, timeToFirstTokenMs } = predicted;
  const [next] = rejected.filter(({ predicted: other }) => other);
  const against = next?.predicted && { mode: next.mode, tokensPerSecond: next.predicted.tokensPerSecond };
  const facts: RouteFact[] = [
    ...option.facts,
    { kind: 'predicted', tokensPerSecond, timeToFirstTokenMs, ...(against ? { against } : {}) },
    ...(expectedWaitMs > 0 ? [{ kind: 'waits' as const, ms: expectedWaitMs }] : []),
  ];
  return {
    kind: 'route',
    plan: { mode, driver, local, drafter, stages, ...told(facts), predicted: tidy(predicted), rejected },
    uncorrected,
    over,
    expectedWaitMs,
  };
}

/** Best first: what could be had by its total, then what could not. */
function rejectionsOf(
  chosen: RouteOption | undefined,
  others: readonly RouteOption[],
  obstacles: readonly RouteObstacle[],
): RoutePlan['rejected'] {
  const had = others.map((option) => ({
    mode: option.mode,
    ...(option.local ? { local: true } : {}),
    ...toldOf([
      ...option.facts,
      chosen
        ? {
            kind: 'compared',
            tokensPerSecond: option.predicted.tokensPerSecond,
            chosenTokensPerSecond: chosen.predicted.tokensPerSecond,
          }
        : { kind: 'waits', ms: option.expectedWaitMs },
    ]),
    predicted: tidy(option.predicted),
  }));
  const not = obstacles.map(({ mode, local, why, option }) => ({
    mode,
    ...(local ? { local } : {}),
    ...toldOf([why]),
    ...(option ? { predicted: tidy(option.predicted) } : {}),
  }));
  return [...had, ...not].slice(0, MAX_REJECTED);
}

const told = (facts: RouteFact[]) => ({ reason: tellFacts(facts), facts });
const toldOf = (facts: RouteFact[]) => ({ why: tellFacts(facts), facts });

/** What nobody could measure is not told. */
const tidy = ({ tokensPerSecond, timeToFirstTokenMs }: RoutePlan['predicted']): RoutePlan['predicted'] => ({
  tokensPerSecond: Math.round(tokensPerSecond * 100) / 100,
  timeToFirstTokenMs: Math.round(timeToFirstTokenMs * 10) / 10,
});
