// Layers as people count them: parts of a model, the first one is 1. Pure.

/** `[0, 3)` -> `1–3`, `[3, 4)` -> `4`. */
export const nameParts = (start: number, end: number): string =>
  end - start <= 1 ? String(end) : `${start + 1}–${end}`;
