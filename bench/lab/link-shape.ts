// What the relay does to each direction of a link.

export interface LinkShape {
  /** One way, milliseconds. */
  delayMs: number;
  /** Up to so much more per packet, even in distribution. Packets never overtake each other. */
  jitterMs: number;
  /** Share of packets that vanish, 0 to 1. */
  lossRate: number;
  /** Bandwidth; `Infinity` for none of the relay's making. */
  bytesPerSecond: number;
  /** Packets that wait for the bandwidth; what finds this much waiting is dropped, as at a router. */
  queueBytes: number;
}

/** The wire as it is. */
export const DIRECT: LinkShape = {
  delayMs: 0,
  jitterMs: 0,
  lossRate: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  queueBytes: 256 * 1024,
};
