// One sentence about tabs that owe an answer for longer than busy ones would. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { formatText } from '../text/english/format.ts';

/** `seats`: of the coalition that they may sit in; undefined where nobody is late. */
export function lateLine(late: readonly PeerId[] | undefined, seats: readonly Seat[]): string | undefined {
  if (!late || late.length === 0) return undefined;
  const at = seats.flatMap(({ peer }, index) => (late.includes(peer) ? [index + 1] : []));
  return at.length === 0 ? undefined : formatText.late(at);
}
