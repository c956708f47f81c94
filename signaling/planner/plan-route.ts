// Decides how one request is answered and says why, with what it turned down. Pure: the same situation, the same route.
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { MAX_QUEUE_WAIT_MS } from './bounds.ts';
import { listOptions } from './list-options.ts';
import type { Route, RouteObstacle, RouteOption, RouteRefusal, Situation } from './route-types.ts';
import { milliseconds, perSecond } from './words.ts';

/** As route-plan.ts allows. */
const MAX_REASON_CHARS = 500;
const MAX_REJECTED = 8;

/**
 * `auto` takes what ends soonest: wait, first token and the rest together. When nothing interactive can be had, or only
 * after MAX_QUEUE_WAIT_MS, it is a batch. A wish (`request.mode`) is kept or refused, never replaced.
 */
export function planRoute(situation: Situation): Route | RouteRefusal {
  const { mode: wish = 'auto' } = situation.request;
  const { possible, obstacles } = listOptions(situation);
  const byTotal = [...possible].sort((a, b) => a.totalMs - b.totalMs);
  if (wish === 'batch') return batchRoute(situation, byTotal, obstacles, 'A batch was asked for.');
  if (wish !== 'auto') {
    const option = byTotal.find(({ mode }) => mode === wish);
    const others = byTotal.filter((other) => other !== option);
    if (option) return routeOf(option, rejectionsOf(option, others, obstacles));
    const obstacle = obstacles.find(({ mode }) => mode === wish);
    const isNobody = possible.length === 0 && situation.peers.length === 0;
    return {
      kind: 'refused',
      code: isNobody ? 'no-stages' : 'conflict',
      message: clip(`The mode "${wish}" cannot be had now. ${obstacle?.why ?? 'No tab here can do it.'}`),
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

function whyBatch(situation: Situation, late: readonly RouteOption[], obstacles: readonly RouteObstacle[]): string {
  const [first] = late;
  if (first) {
    const { running, queued } = situation.load;
    return `${running} answers run and ${queued} wait: about ${milliseconds(first.expectedWaitMs)} until this one begins, and ${milliseconds(MAX_QUEUE_WAIT_MS)} is the most that a person should wait.`;
  }
  const told = obstacles.find(({ option }) => option) ?? obstacles.find(({ mode }) => mode !== 'solo');
  return told?.why ?? 'Nothing interactive can be had now.';
}

function batchRoute(
  situation: Situation,
  options: readonly RouteOption[],
  obstacles: readonly RouteObstacle[],
  why: string,
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
      reason: clip(`${why} A job now, the answer later.`),
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
  const [next] = rejected.filter(({ predicted: other }) => other);
  const against = next?.predicted ? ` against ${perSecond(next.predicted.tokensPerSecond)} (${next.mode})` : '';
  const wait = expectedWaitMs > 0 ? ` About ${milliseconds(expectedWaitMs)} in the queue first.` : '';
  const speed = `Predicted: ${perSecond(predicted.tokensPerSecond)}${against}, first token after ${milliseconds(predicted.timeToFirstTokenMs)}.`;
  const reason = clip(`${option.facts} ${speed}${wait}`);
  return {
    kind: 'route',
    plan: { mode, driver, local, drafter, stages, reason, predicted: tidy(predicted), rejected },
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
    why: clip(
      chosen
        ? `${option.facts} ${perSecond(option.predicted.tokensPerSecond)} against ${perSecond(chosen.predicted.tokensPerSecond)}.`
        : `${option.facts} About ${milliseconds(option.expectedWaitMs)} in the queue first.`,
    ),
    predicted: tidy(option.predicted),
  }));
  const not = obstacles.map(({ mode, local, why, option }) => ({
    mode,
    ...(local ? { local } : {}),
    why: clip(why),
    ...(option ? { predicted: tidy(option.predicted) } : {}),
  }));
  return [...had, ...not].slice(0, MAX_REJECTED);
}

const clip = (text: string): string => text.trim().slice(0, MAX_REASON_CHARS);

/** What nobody could measure is not told. */
const tidy = ({ tokensPerSecond, timeToFirstTokenMs }: RoutePlan['predicted']): RoutePlan['predicted'] => ({
  tokensPerSecond: Math.round(tokensPerSecond * 100) / 100,
  timeToFirstTokenMs: Math.round(timeToFirstTokenMs * 10) / 10,
});
