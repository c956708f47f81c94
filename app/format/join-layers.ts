// Ranges of layers as few ranges: `[0, 3)` and `[3, 6)` are `[0, 6)`. Pure.

interface Layers {
  start: number;
  end: number;
}

/** In ascending order; what touches or overlaps becomes one. */
export function joinLayers(ranges: readonly Layers[]): Layers[] {
  const joined: Layers[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
