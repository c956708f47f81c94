// What a terminal has to write so that it shows a text that grows elsewhere. Pure.

/**
 * The text to append after `shown` was written. A page may redraw its last words when a Markdown mark is completed;
 * the terminal cannot take back, so then it begins the text anew on a fresh line.
 */
export function textGrowth(shown: string, now: string): string {
  if (now.startsWith(shown)) return now.slice(shown.length);
  return `\n${now}`;
}
