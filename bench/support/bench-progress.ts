// How far a bench is: a bar that is drawn over itself on a terminal, and a line now and then in a log.
import { LiveLines, type Screen } from '../../tools/terminal/live-lines.ts';
import { progressBar } from '../../tools/terminal/progress-bar.ts';

/** In a log, so many lines for the whole run. */
const LINES_IN_LOG = 20;

export interface BenchProgress {
  /** One more of the steps is done. */
  step(label: string): void;
  done(): void;
}

export function startProgress(steps: number, screen: Screen = process.stderr): BenchProgress {
  const lines = new LiveLines(screen);
  const everyStep = Math.ceil(steps / LINES_IN_LOG);
  let count = 0;
  return {
    step(label) {
      count++;
      const line = `${progressBar(count, steps)} ${count}/${steps} ${label}`;
      lines.draw([line]);
      if (!screen.isTTY && (count % everyStep === 0 || count === steps)) lines.say(line);
    },
    done: () => lines.clear(),
  };
}
