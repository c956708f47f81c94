// Vivaldi's coordinates: a node moves as a spring to a neighbour would move it, and two places stand for a round trip. Pure;
// positions are milliseconds. Good for leaving out the far, poor for ordering the near.

/** A place in the plane and a height above it: the height is the node's own access line, paid on every way. */
export interface Coordinate {
  readonly x: number;
  readonly y: number;
  readonly heightMs: number;
  /** Expected relative error of estimates with it: 1 knows nothing. */
  readonly error: number;
}

export const MIN_RTT_MS = 0.1;
export const MAX_RTT_MS = 2000;
const MIN_HEIGHT_MS = 0.1;
const MIN_ERROR = 0.02;
const MAX_ERROR = 1;
/** `c_c` and `c_e` of the paper. */
const STEP = 0.25;
/** One sample moves a node by no more, so that one absurd neighbour cannot throw it across the world. */
const MAX_STEP_MS = 25;

export const UNPLACED: Coordinate = { x: 0, y: 0, heightMs: MIN_HEIGHT_MS, error: MAX_ERROR };

/** Within what a planner can mean; undefined for what is no round trip at all. */
export const clampRttMs = (rttMs: number): number | undefined =>
  Number.isFinite(rttMs) && rttMs >= 0 ? Math.min(MAX_RTT_MS, Math.max(MIN_RTT_MS, rttMs)) : undefined;

/** Milliseconds: the way in the plane, and down and up both heights (section 5.4 of the paper below). */
export const estimateRttMs = (a: Coordinate, b: Coordinate): number =>
  Math.hypot(a.x - b.x, a.y - b.y) + a.heightMs + b.heightMs;

/**
 * `own` after it measured `rttMs` to `other`. `other` does not move: whoever measures moves itself. Two nodes at one
 * place part in direction `angle`, radians; the caller varies it. A sample that is no number changes nothing.
 *
 * Source: Dabek, Cox, Kaashoek, Morris, "Vivaldi: a decentralized network coordinate system", SIGCOMM 2004, figure 3
 * (adaptive time step) and section 5.4 (height vectors).
 */
export function updateCoordinate(own: Coordinate, other: Coordinate, rttMs: number, angle = 0): Coordinate {
  const rtt = clampRttMs(rttMs);
  if (rtt === undefined) return own;
  const estimate = estimateRttMs(own, other);
  const weight = own.error / (own.error + other.error);
  const sampleError = Math.min(MAX_ERROR, Math.abs(estimate - rtt) / rtt);
  const error = sampleError * STEP * weight + own.error * (1 - STEP * weight);
  const force = Math.max(-MAX_STEP_MS, Math.min(MAX_STEP_MS, STEP * weight * (rtt - estimate)));
  const apart = Math.hypot(own.x - other.x, own.y - other.y);
  const length = apart + own.heightMs + other.heightMs;
  const isSame = apart < 1e-6;
  const towards = isSame ? Math.cos(angle) : (own.x - other.x) / length;
  const upwards = isSame ? Math.sin(angle) : (own.y - other.y) / length;
  return {
    x: own.x + force * towards,
    y: own.y + force * upwards,
    heightMs: Math.max(MIN_HEIGHT_MS, own.heightMs + (force * (own.heightMs + other.heightMs)) / length),
    error: Math.max(MIN_ERROR, Math.min(MAX_ERROR, error)),
  };
}
