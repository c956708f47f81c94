// What the loss of one tab would cost those who ask, as a sentence for people. Pure.
import type { Coalition, Seat } from '../../protocol/control.ts';
import { formatBytes } from './format-bytes.ts';

/** Undefined while the coalition does not answer: then it is nobody's to lose. */
export function standbyLine({ state, seats }: Coalition, { standby, totalBytes }: Seat): string | undefined {
  if (state !== 'ready') return undefined;
  if (standby === 'warm') return 'If it goes, a tab in reserve that holds these layers takes over within seconds.';
  if (standby === 'loading')
    return `If it goes, a tab in reserve takes over; it is loading these ${formatBytes(totalBytes)}.`;
  if (seats.length > 1)
    return `If it goes, the others wait until somebody has loaded these ${formatBytes(totalBytes)}.`;
  return 'If it goes, nobody answers until another tab has joined.';
}
