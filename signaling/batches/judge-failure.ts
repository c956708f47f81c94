// What a failure means for a request of a batch. *Disappeared* is tried again, *failed* is told at once. Pure.
import { ERROR_CODES, type ErrorCode, type ErrorKind } from '../../protocol/errors.ts';

/**
 * `wait`: nobody could take it now; the batch's window bounds how long that may go on. `retry`: it was lost while it ran;
 * at most MAX_ATTEMPTS times. `fail`: it would fail again.
 */
export type Verdict = 'wait' | 'retry' | 'fail';

export const MAX_ATTEMPTS = 5;

const VERDICTS: Record<ErrorKind, Verdict> = { busy: 'wait', disappeared: 'retry', failed: 'fail', refused: 'fail' };

/** A request of a batch that was cancelled was cancelled by the server, which may ask again. */
export const judgeFailure = (code: ErrorCode): Verdict =>
  code === 'cancelled' ? 'retry' : VERDICTS[ERROR_CODES[code].kind];

/** Doubles from `baseMs` to at most 64 times that, less up to a quarter so that many do not come back at once. */
export function pauseMs(times: number, baseMs: number, random: () => number = Math.random): number {
  return baseMs * 2 ** Math.min(times, 6) * (1 - random() / 4);
}
