// Durations for people: one unit, no false precision.

/** `3.21` -> `3.2 ms`, `120.4` -> `120 ms`, `1530` -> `1.5 s`, `125000` -> `2 min 5 s`. Input in milliseconds. */
export function formatMs(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–';
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
