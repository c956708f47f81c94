// Recent values as SVG path data, the newest at the right edge, the scale from zero. Pure.

interface Box {
  width: number;
  height: number;
  /** Points that fill the whole width. */
  most: number;
  /** The value at the upper edge. */
  top: number;
}

const round = (value: number): number => Number(value.toFixed(1));

/** A line over the values, and down to the ground where it `isFilled`. Empty for less than two. */
export function drawArea(values: readonly number[], { width, height, most, top }: Box, isFilled = true): string {
  const shown = values.slice(-most);
  if (shown.length < 2) return '';
  const step = width / (most - 1);
  const first = width - step * (shown.length - 1);
  const line = shown
    .map((value, at) => `${at === 0 ? 'M' : 'L'}${round(first + at * step)} ${round(height * (1 - value / top))}`)
    .join('');
  return isFilled ? `${line}L${width} ${height}L${round(first)} ${height}Z` : line;
}

/** A bar for each value; those of the series `at` of `series` stand beside those of the others. */
export function drawBars(
  values: readonly number[],
  { width, height, most, top }: Box,
  at: number,
  series: number,
): string {
  const shown = values.slice(-most);
  const step = width / most;
  const bar = (0.8 * step) / series;
  return shown
    .map((value, index) => {
      if (value === 0) return '';
      const x = width - step * (shown.length - index) + 0.1 * step + at * bar;
      return `M${round(x)} ${height}V${round(height * (1 - value / top))}h${round(bar)}V${height}Z`;
    })
    .join('');
}
