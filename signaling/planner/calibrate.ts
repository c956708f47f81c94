// Learns from outcomes how far a pool's predictions are off. Pure; bounded, so that no outcome can make a plan absurd.
import type { Prediction } from '../../protocol/route-plan.ts';

/** Measured over predicted, as a running geometric mean. */
export interface Calibration {
  readonly speed: number;
  readonly firstToken: number;
  readonly outcomes: number;
  /** Running mean of |ln(measured / told)| of the speed: 0.1 is about 10 % off. */
  readonly speedError: number;
}

export const UNCALIBRATED: Calibration = { speed: 1, firstToken: 1, outcomes: 0, speedError: 0 };

const MIN_FACTOR = 0.25;
const MAX_FACTOR = 4;
/** Share of a new outcome once there are many; the first ones count more, as in a plain mean. */
const SHARE = 0.2;

/**
 * `predicted` is what `predictRing` said, before `applyCalibration`: answers that run at once would else correct the same
 * error several times. Outcomes without a positive speed teach nothing.
 */
export function calibrate(before: Calibration, predicted: Prediction, measured: Prediction): Calibration {
  if (!(predicted.tokensPerSecond > 0) || !(measured.tokensPerSecond > 0)) return before;
  if (!Number.isFinite(predicted.tokensPerSecond) || !Number.isFinite(measured.tokensPerSecond)) return before;
  const outcomes = before.outcomes + 1;
  const share = Math.max(SHARE, 1 / outcomes);
  const told = predicted.tokensPerSecond * before.speed;
  const offBy = Math.abs(Math.log(measured.tokensPerSecond / told));
  return {
    speed: blend(before.speed, measured.tokensPerSecond / predicted.tokensPerSecond, share),
    firstToken: blend(before.firstToken, measured.timeToFirstTokenMs / predicted.timeToFirstTokenMs, share),
    outcomes,
    speedError: before.speedError * (1 - share) + Math.min(offBy, Math.log(MAX_FACTOR)) * share,
  };
}

export const applyCalibration = (
  { tokensPerSecond, timeToFirstTokenMs }: Prediction,
  { speed, firstToken }: Calibration,
): Prediction => ({
  tokensPerSecond: tokensPerSecond * speed,
  timeToFirstTokenMs: timeToFirstTokenMs * firstToken,
});

const clamp = (factor: number): number => Math.min(MAX_FACTOR, Math.max(MIN_FACTOR, factor));

/** In logarithms: twice as fast and half as fast cancel. */
function blend(before: number, ratio: number, share: number): number {
  if (!Number.isFinite(ratio) || ratio <= 0) return before;
  return clamp(Math.exp(Math.log(before) * (1 - share) + Math.log(clamp(ratio)) * share));
}
