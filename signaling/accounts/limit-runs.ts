// So many runs at once, so many waiting in line, and a refusal for whoever comes after. Knows nothing of what is run.
import { PoolError } from '../../protocol/errors.ts';

/** Runs what it is given, in the order it came. Rejects with `rate-limited` when the line is full. */
export type LimitedRun = <Result>(run: () => Promise<Result>) => Promise<Result>;

export function limitRuns({ atOnce, waiting }: { atOnce: number; waiting: number }): LimitedRun {
  let running = 0;
  const line: (() => void)[] = [];
  return async (run) => {
    if (running < atOnce) {
      running += 1;
    } else {
      if (line.length >= waiting) throw new PoolError('rate-limited', 'Too many people log in at this moment.');
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await run();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
