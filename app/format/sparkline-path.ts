// A small line of recent values. Pure numbers to SVG path data.

/**
 * Path of `values` in a box of `width` × `height`, newest at the right edge. The scale starts at zero, so that a
 * flat line at the bottom means nothing happened. Fewer than two values give an empty path.
 */
export function drawSparkline(values: readonly number[], width: number, height: number, capacity = 60): string {
  const shown = values.slice(-capacity);
  if (shown.length < 2) return '';
  const top = Math.max(...shown, 1e-9);
  const stepX = width / (capacity - 1);
  const firstX = width - stepX * (shown.length - 1);
  return shown
    .map((value, index) => {
      const x = (firstX + index * stepX).toFixed(1);
      const y = (height - (Math.max(0, value) / top) * height).toFixed(1);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}
