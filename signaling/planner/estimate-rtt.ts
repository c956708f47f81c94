// The round trip that two coordinates stand for. Pure. Good for leaving out the far, poor for ordering the near.
import type { Coordinate } from './update-coordinate.ts';

/** Milliseconds: the way in the plane, and down and up both heights (Dabek et al., SIGCOMM 2004, section 5.4). */
export const estimateRttMs = (a: Coordinate, b: Coordinate): number =>
  Math.hypot(a.x - b.x, a.y - b.y) + a.heightMs + b.heightMs;
