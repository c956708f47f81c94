// What a lap that the server timed says of how fast tabs are, and whether what took it should replace what serves. Pure.
import type { Coalition, Seat } from '../../protocol/control.ts';
import { expectLapMs, reckonPaces, showPaces, stepPaces, TIMES_SLOWER } from '../planner/reckon-paces.ts';
import { coalitionsOf, hasSeat, servingOf } from './coalitions.ts';
import type { Pool, PoolPeer, World } from './roster-state.ts';

/** So long a tab in reserve counts as slow as it was: it may have been busy then. */
const PACE_MS = 10 * 60_000;

const entryOf = ({ peers }: Pool, { peer }: Seat): PoolPeer | undefined => peers.find((entry) => entry.peer === peer);

/** Tabs as the planner reckons with them; where nobody is tried, as they say. */
export function pacedTabs(pool: Pool, tabs: readonly PoolPeer[], { nowMs, tries }: World): readonly PoolPeer[] {
  if (!tries) return tabs;
  const isPast = ({ peer, shownAtMs = 0 }: PoolPeer): boolean =>
    nowMs - shownAtMs > PACE_MS && !coalitionsOf(pool).some((coalition) => hasSeat(coalition, peer));
  return reckonPaces(
    tabs.map((tab) => {
      if (tab.shownMs === undefined || !isPast(tab)) return tab;
      const { shownMs: _past, ...rest } = tab;
      return rest;
    }),
  );
}

/** A coalition is replaced by one that was to be faster only if it is. */
const AT_LEAST_FASTER = 1.05;

/**
 * Keeps what the lap has shown of each seat's tab. `isNoFaster`: it took about as long as one of the coalition that answers, or
 * longer, although the planner had chosen these tabs for their speed: then that one goes on, and who is new is as slow as was shown.
 */
export function notePaces(
  pool: Pool,
  { seats }: Coalition,
  { lapMs, stepsMs }: { lapMs: number; stepsMs?: readonly number[] | undefined },
  { rtt, nowMs, stages, policyOf }: World,
): { pool: Pool; isNoFaster: boolean } {
  const { manifest } = pool;
  if (!manifest) return { pool, isNoFaster: false };
  // Somebody wants just so many tabs, however fast that is.
  const isForced = (policyOf?.(pool.id)?.stages ?? stages) !== undefined;
  const ring = { manifest, seats, rtt };
  const claimed = (seat: Seat): number => entryOf(pool, seat)?.capability.msPerLayer ?? 0;
  // Steps of a real lap say more than a probe, where together they are the lap.
  const stepped = stepsMs?.length === seats.length ? stepPaces(ring, stepsMs) : undefined;
  const isLap = stepped && Math.abs(Math.log(expectLapMs(ring, stepped) / lapMs)) < Math.log(TIMES_SLOWER);
  const said = isLap ? stepped : claimed;
  const known = (seat: Seat): number | undefined => entryOf(pool, seat)?.shownMs;
  const before = isForced || seats.every((seat) => known(seat) !== undefined) ? undefined : servingLapMs(pool, rtt);
  const isNoFaster = before !== undefined && lapMs * AT_LEAST_FASTER > before;
  const paces = showPaces(ring, lapMs, { said, known, ...(isNoFaster ? { times: 1 } : {}) });
  const shown = new Map(seats.map(({ peer }, at) => [peer, paces[at]]));
  const peers = pool.peers.map((entry): PoolPeer => {
    const shownMs = shown.get(entry.peer);
    return shownMs === undefined ? entry : { ...entry, shownMs, shownAtMs: nowMs };
  });
  return { pool: { ...pool, peers }, isNoFaster };
}

/** What a lap of the coalition that answers takes, where that was shown. */
function servingLapMs(pool: Pool, rtt: World['rtt']): number | undefined {
  const serving = servingOf(pool);
  return serving?.state === 'ready' ? shownLapMs(pool, serving.seats, rtt) : undefined;
}

function shownLapMs(pool: Pool, seats: readonly Seat[], rtt: World['rtt']): number | undefined {
  const { manifest } = pool;
  const paces = new Map(seats.map((seat) => [seat, entryOf(pool, seat)?.shownMs]));
  if (!manifest || [...paces.values()].includes(undefined)) return undefined;
  return expectLapMs({ manifest, seats, rtt }, (seat) => paces.get(seat)!);
}

/** All load again: the same tabs are cut anew only for that much, and only by what laps have shown. */
const WORTH_A_CUT = 1.5;

export function isWorthACut(pool: Pool, live: Coalition, seats: readonly Seat[], { rtt }: World): boolean {
  if (live.state !== 'ready') return false;
  const [now, then] = [shownLapMs(pool, live.seats, rtt), shownLapMs(pool, seats, rtt)];
  return now !== undefined && then !== undefined && now >= then * WORTH_A_CUT;
}
