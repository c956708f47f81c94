// So many runs at once, so many waiting, turns among the places they come from, and a refusal for whoever comes after. Knows
// nothing of what is run.
import { PoolError } from '../../protocol/errors.ts';
import { OwnerTurns } from '../admission/owner-turns.ts';

/** Runs what it is given; those of one place in the order they came. Rejects with `rate-limited` when too many wait. */
export type LimitedRun = <Result>(place: string, run: () => Promise<Result>) => Promise<Result>;

export interface RunLimits {
  atOnce: number;
  /** Runs that wait, from all places together. */
  waiting: number;
  waitingOfPlace: number;
}

/** A full line is worked off in some seconds. */
const RETRY_SECONDS = 5;

export function limitRuns({ atOnce, waiting, waitingOfPlace }: RunLimits): LimitedRun {
  const turns = new OwnerTurns({ workers: atOnce, spare: 0 });
  const line: { place: string; begin: () => void }[] = [];
  const beginAll = (): void => {
    for (;;) {
      const next = turns.begin(line.map(({ place }) => place));
      if (next === undefined) return;
      const at = line.findIndex(({ place }) => place === next);
      line.splice(at, 1)[0]?.begin();
    }
  };
  const isTooLong = (place: string): boolean =>
    line.length > waiting || line.filter((one) => one.place === place).length > waitingOfPlace;
  return async (place, run) => {
    let begin = (): void => {};
    const began = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const own = { place, begin };
    line.push(own);
    beginAll();
    if (line.at(-1) === own && isTooLong(place)) {
      line.pop();
      const data = { retryAfterSeconds: RETRY_SECONDS };
      throw new PoolError('rate-limited', 'Too many people log in at this moment. Try again in a few seconds.', {
        data,
      });
    }
    await began;
    try {
      return await run();
    } finally {
      turns.end(place);
      beginAll();
    }
  };
}
