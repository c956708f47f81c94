// How long a coalition would be without tokens if the tab of a seat went: a spare that holds its layers goes on at once, anybody
// else loads them first, as quickly as tabs of this pool have loaded. Pure.
import type { Seat } from '../../protocol/control.ts';
import { standbyOf } from './keep-reserve.ts';
import type { Pool } from './roster-state.ts';

/** To notice a closed tab, link the spare, and replay what it lacks: `npm run chaos`, `close middle decode`. */
const TAKEOVER_MS = 1_000;

/** Undefined where nobody has loaded anything of the model yet. */
export function predictLossMs(pool: Pool, seat: Seat): number | undefined {
  if (standbyOf(pool, seat) === 'warm') return TAKEOVER_MS;
  const paces = pool.peers
    .flatMap(({ load }) => (load && load.bytes > 0 ? [load.ms / load.bytes] : []))
    .sort((a, b) => a - b);
  const pace = paces[paces.length >> 1];
  return pace === undefined ? undefined : Math.round(TAKEOVER_MS + seat.totalBytes * pace);
}
