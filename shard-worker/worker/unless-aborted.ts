// Work that somebody waits for until they do not want it any more.
import { PoolError } from '../../protocol/errors.ts';

export const cancelled = (): PoolError =>
  new PoolError('cancelled', 'The coalition changed while this slice was loading.');

/** What was waited for, or `cancelled`: the work itself may go on for another epoch. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelled());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
