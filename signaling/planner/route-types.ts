// The words of routing: what a request asks for, what there is to serve it, and what was decided. No code.
import type { Capability, Coalition } from '../../protocol/control.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { RouteFact } from '../../protocol/route-fact.ts';
import type { Mode, Prediction, RoutePlan } from '../../protocol/route-plan.ts';
import type { Calibration } from './calibrate.ts';
import type { Candidate, RttOf } from './ring-context.ts';

export interface RouteLoad {
  /** Answers that the coalition gives now, and requests that wait for it. */
  running: number;
  queued: number;
  /** Most answers at once. */
  slots: number;
  /** How long an answer of this pool took of late; else it is predicted. */
  meanAnswerMs?: number | undefined;
}

export interface Situation {
  request: { promptTokens: number; maxTokens: number; mode?: Mode | 'auto' | undefined };
  /** The model's manifest; undefined while no peer ever told. */
  manifest?: ModelManifest | undefined;
  /** The tab that asks, or would answer alone; undefined for requests over HTTP. */
  client?: { peer: PeerId; capability?: Capability | undefined } | undefined;
  /** The coalition that answers now, if one is ready. */
  serving?: Pick<Coalition, 'epoch' | 'seats'> | undefined;
  /** Peers of the pool that may be planned. */
  peers: readonly Candidate[];
  load: RouteLoad;
  /** Whether a small model of the same vocabulary is at hand. n-gram lookup always is. */
  hasDraftModel: boolean;
  rtt?: RttOf | undefined;
  calibration?: Calibration | undefined;
  /** Chance that a drafted token is kept, as this pool measured it. */
  acceptance?: Partial<Record<'ngram' | 'model', number>> | undefined;
  /** Positions of KV cache planned for; PLAN_CONTEXT_TOKENS, or the model's maximum if that is less. */
  contextTokens?: number | undefined;
}

export interface Route {
  kind: 'route';
  plan: RoutePlan;
  /** Before correction by earlier outcomes: what `calibrate` wants back with the outcome. Undefined when nothing was predicted. */
  uncorrected?: Prediction | undefined;
  /** Over which coalition: the one that serves, one that its peers could form, or none. */
  over: { kind: 'serving'; epoch: number } | { kind: 'possible' } | { kind: 'none' };
  /** How long it waits in the queue first; not part of the prediction. */
  expectedWaitMs: number;
}

export interface RouteRefusal {
  kind: 'refused';
  code: ErrorCode;
  message: string;
  rejected: RoutePlan['rejected'];
}

/** One way in which the request could be answered. */
export interface RouteOption {
  mode: Mode;
  driver: RoutePlan['driver'];
  local: boolean;
  drafter: RoutePlan['drafter'];
  stages: number;
  /** What it is and what decides its speed, without its speed. */
  facts: readonly RouteFact[];
  uncorrected: Prediction;
  predicted: Prediction;
  expectedWaitMs: number;
  /** Until the last token: wait, first token, the rest. */
  totalMs: number;
  over: Route['over'];
}

export interface RouteObstacle {
  mode: Mode;
  /** It would be the asking tab by itself. */
  local?: boolean;
  why: RouteFact;
  /** What it would be all the same, for a batch. */
  option?: RouteOption;
}
