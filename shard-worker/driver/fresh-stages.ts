// Which stages of a ring hold nothing of a session that another ring computed. Pure.
import type { Seat } from '../../protocol/control.ts';

/** By number, in order: those whose tab, or whose layers, were not in the ring before. */
export function freshStages(before: readonly Seat[], after: readonly Seat[]): number[] {
  const isKept = ({ peer, start, end }: Seat): boolean =>
    before.some((seat) => seat.peer === peer && seat.start === start && seat.end === end);
  return after.flatMap((seat, stage) => (isKept(seat) ? [] : [stage]));
}
