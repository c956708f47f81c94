// Whether a person should wait for a ring of these seats: no two neighbours too far apart, nor all ways together too long. Pure.
import type { Seat } from '../../protocol/control.ts';
import { MAX_LAP_HOPS_MS, MAX_PAIR_RTT_MS, UNKNOWN_RTT_MS } from './bounds.ts';
import type { RttOf } from './ring-context.ts';

export function isNear(seats: readonly Pick<Seat, 'peer'>[], rtt: RttOf = () => undefined): boolean {
  const ways = seats.map(({ peer }, at) => {
    const next = seats[(at + 1) % seats.length]!.peer;
    return peer === next ? 0 : (rtt(peer, next) ?? UNKNOWN_RTT_MS);
  });
  return Math.max(...ways) <= MAX_PAIR_RTT_MS && ways.reduce((sum, ms) => sum + ms / 2, 0) <= MAX_LAP_HOPS_MS;
}
