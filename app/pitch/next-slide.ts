// Which slide comes next, by where the slides are in the window. Pure.

/** A slide that begins so far below the window's top is the one that is seen. */
const NEAR_PX = 40;

/** @param tops of the slides in their order, pixels from the window's top. */
export function nextSlide(tops: readonly number[], step: number): number {
  const here = Math.max(
    0,
    tops.findLastIndex((top) => top <= NEAR_PX),
  );
  // Half way through one, back is its beginning.
  const isWithin = step < 0 && (tops[here] ?? 0) < -NEAR_PX;
  return Math.min(tops.length - 1, Math.max(0, isWithin ? here : here + step));
}
