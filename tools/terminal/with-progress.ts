// Shows one line with the seconds going by while something long runs.
import { formatMs } from '../../app/format/format-ms.ts';
import { LiveLines, type Screen } from './live-lines.ts';

const TICK_MS = 500;

/** Runs `work` under `title`; the line is gone when it ends. Without a terminal the title is written once. */
export async function withProgress<T>(
  title: string,
  work: () => Promise<T>,
  screen: Screen = process.stderr,
): Promise<T> {
  const lines = new LiveLines(screen);
  const startedAt = performance.now();
  const draw = (): void => lines.draw([`${title} ${formatMs(performance.now() - startedAt)}`]);
  if (!screen.isTTY) lines.say(title);
  draw();
  const timer = setInterval(draw, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    lines.clear();
  }
}
