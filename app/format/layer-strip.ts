// A model's layers as a row of segments: who holds which. Pure numbers.

export interface StripSegment {
  start: number;
  end: number;
  /** Left edge and width in percent of the strip. */
  leftPercent: number;
  widthPercent: number;
  own: boolean;
}

/**
 * Segments of `layers` layers. Each range becomes one; layers that none holds stay empty. A range outside the model
 * is cut to it, an empty one is left out.
 */
export function layoutStrip(
  layers: number,
  ranges: readonly { start: number; end: number; own: boolean }[],
): StripSegment[] {
  return ranges
    .map(({ start, end, own }) => ({ start: Math.max(0, start), end: Math.min(layers, end), own }))
    .filter(({ start, end }) => end > start)
    .map(({ start, end, own }) => ({
      start,
      end,
      own,
      leftPercent: (100 * start) / layers,
      widthPercent: (100 * (end - start)) / layers,
    }));
}
