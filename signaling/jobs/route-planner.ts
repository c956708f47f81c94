// The planner with a memory: asks it with the present pool, load and round trips, and teaches it what came of its word.
// One entry per pool, bounded.

import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobStats } from '../../protocol/job.ts';
import type { Prediction, RoutePlan } from '../../protocol/route-plan.ts';
import { UNKNOWN_RTT_MS } from '../planner/bounds.ts';
import { type Calibration, calibrate, UNCALIBRATED } from '../planner/calibrate.ts';
import { planRoute } from '../planner/plan-route.ts';
import type { RttOf } from '../planner/ring-context.ts';
import type { RttEstimator } from '../planner/rtt-estimator.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { RouteQuestion } from './job-context.ts';

/** As many as the roster has pools, and those of yesterday. */
const MAX_POOLS = 400;
/** Share of a new answer in the running means. */
const SHARE = 0.2;
/** Fewer drafted tokens say nothing about acceptance. */
const LEAST_DRAFTED = 8;

interface Memory {
  calibration: Calibration;
  acceptance: Partial<Record<'ngram' | 'model', number>>;
  meanAnswerMs: number | undefined;
}

export interface RoutePlannerOptions {
  rtts: RttEstimator;
  hasDraftModel(repo: string): boolean;
  /** The codec of plans whose question names none. */
  codec: CodecPolicy;
  nowMs(): number;
}

export class RoutePlanner {
  readonly #options: RoutePlannerOptions;
  readonly #memory = new Map<PoolId, Memory>();
  /** What the planner said before correction, until the outcome comes. */
  readonly #uncorrected = new WeakMap<RoutePlan, Prediction>();

  constructor(options: RoutePlannerOptions) {
    this.#options = options;
  }

  /** Throws what the planner refuses with. */
  plan(question: RouteQuestion): RoutePlan {
    const { pool, coalition, promptTokens, maxTokens, mode, codec, asker, running, waiting, slots } = question;
    const memory = this.#memory.get(pool.id);
    const route = planRoute({
      request: { promptTokens, maxTokens, mode },
      manifest: pool.manifest,
      client: asker,
      serving: coalition,
      peers: pool.peers.filter(({ excluded }) => excluded === undefined),
      load: { running, queued: waiting, slots, meanAnswerMs: memory?.meanAnswerMs },
      hasDraftModel: this.#options.hasDraftModel(pool.model.repo),
      rtt: withinLap(this.#options.rtts.at(this.#options.nowMs()), pool, coalition),
      calibration: memory?.calibration,
      acceptance: memory?.acceptance,
    });
    if (route.kind === 'refused') {
      throw new PoolError(route.code, route.message, { data: { rejected: route.rejected } });
    }
    // With one device nothing travels. The planner reckons with exact sizes: a packed state is never slower.
    const plan = route.plan.stages > 1 ? { ...route.plan, codec: codec ?? this.#options.codec } : route.plan;
    if (route.uncorrected) this.#uncorrected.set(plan, route.uncorrected);
    return plan;
  }

  /** What came of a plan. A driver's own words: bounded where they are used. */
  learn(pool: PoolId, plan: RoutePlan, { tokensPerSecond, timeToFirstTokenMs, totalMs, ...stats }: JobStats): void {
    const predicted = this.#uncorrected.get(plan);
    const before = this.#memory.get(pool) ?? { calibration: UNCALIBRATED, acceptance: {}, meanAnswerMs: undefined };
    const { drafter, drafted, accepted } = stats;
    const acceptance = { ...before.acceptance };
    if (drafter !== 'none' && drafted >= LEAST_DRAFTED) {
      acceptance[drafter] = blend(acceptance[drafter], Math.min(1, accepted / drafted));
    }
    this.#memory.delete(pool);
    this.#memory.set(pool, {
      // A tab's own model says nothing about its pool's coalition.
      calibration:
        predicted && !plan.local
          ? calibrate(before.calibration, predicted, { tokensPerSecond, timeToFirstTokenMs })
          : before.calibration,
      acceptance,
      meanAnswerMs: blend(before.meanAnswerMs, totalMs),
    });
    const [oldest] = this.#memory.keys();
    if (this.#memory.size > MAX_POOLS && oldest !== undefined) this.#memory.delete(oldest);
  }

  /** How far predictions of this pool were off, for people. */
  calibrationOf(pool: PoolId): Calibration {
    return this.#memory.get(pool)?.calibration ?? UNCALIBRATED;
  }
}

/**
 * A lap that the server has timed went all ways of its ring: none of them takes longer than that, whatever busy tabs have measured.
 */
function withinLap(rtt: RttOf, { coalitions }: Pool, serving: Coalition | undefined): RttOf {
  const lapMs = coalitions.find(({ coalition }) => coalition.epoch === serving?.epoch)?.lapMs;
  if (!serving || lapMs === undefined) return rtt;
  const seats = serving.seats.map(({ peer }) => peer);
  const areNeighbours = (a: PeerId, b: PeerId): boolean =>
    seats.some((peer, at) => peer === a && seats[(at + 1) % seats.length] === b);
  return (a, b) => {
    const ms = rtt(a, b);
    return areNeighbours(a, b) || areNeighbours(b, a) ? Math.min(ms ?? UNKNOWN_RTT_MS, 2 * lapMs) : ms;
  };
}

const blend = (before: number | undefined, value: number): number =>
  before === undefined ? value : before * (1 - SHARE) + value * SHARE;
