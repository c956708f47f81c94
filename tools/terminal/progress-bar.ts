// A bar of fixed width from a part and a whole. Pure.

/** `[########........]`; nothing known yet (a whole of 0) is an empty bar, and a part beyond the whole a full one. */
export function progressBar(part: number, whole: number, width = 24): string {
  const share = whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
  // Rounded down, so that only a finished load looks finished.
  const filled = Math.floor(share * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}
