// What one lap of the ring is made of, from an answer's statistics. Pure.
import type { AnswerStats } from '../../shard-worker/index.ts';

export interface LapPart {
  name: 'compute' | 'wait' | 'hops' | 'return' | 'rest';
  label: string;
  ms: number;
  /** Share of the whole bar, 0 to 100. */
  percent: number;
}

/**
 * Parts of a mean lap in milliseconds. `rest` is what the lap took beyond the parts that stages reported: the
 * driver's own work and clock error; it is left out where the parts already fill the lap.
 */
export function splitLap(stats: AnswerStats): LapPart[] {
  const sum = (pick: (stop: AnswerStats['route'][number]) => number) =>
    stats.route.reduce((total, stop) => total + Math.max(0, pick(stop)), 0);
  const parts: Omit<LapPart, 'percent'>[] = [
    { name: 'compute', label: 'compute', ms: sum((stop) => stop.computeMs) },
    { name: 'wait', label: 'wait in stages', ms: sum((stop) => stop.queueMs + stop.uploadMs + stop.readbackMs) },
    { name: 'hops', label: 'hops between tabs', ms: sum((stop) => stop.hopMs) },
    { name: 'return', label: 'return to the asker', ms: Math.max(0, stats.returnHopMs) },
  ];
  const known = parts.reduce((total, part) => total + part.ms, 0);
  if (stats.lapMs > known) parts.push({ name: 'rest', label: 'rest', ms: stats.lapMs - known });
  const whole = Math.max(known, stats.lapMs);
  return parts
    .filter((part) => part.ms > 0)
    .map((part) => ({ ...part, percent: whole > 0 ? (100 * part.ms) / whole : 0 }));
}
