// A straight line through points, by least squares. Pure.

/** `y = fixed + slope * x`. Throws when all points have one x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): { fixed: number; slope: number } {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('A line needs points of more than one x.');
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  return { fixed: meanY - slope * meanX, slope };
}
