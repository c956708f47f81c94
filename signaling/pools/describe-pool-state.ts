// A pool as it is this moment, for people and programs: who is here, what was measured of them, what serves. Pure. Has no
// ticket, no link report, and no word of who asks.

import type { Coalition, Seat } from '../../protocol/control.ts';
import type { poolStateSchema } from '../../protocol/http/pool-state.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { RecentJob } from '../jobs/job-store.ts';
import { coalitionsOf, formingOf, ringOf, servingOf } from '../roster/coalitions.ts';
import { standbyOf } from '../roster/keep-reserve.ts';
import { predictLossMs } from '../roster/predict-loss.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { PoolView } from './list-pools.ts';
import type { PoolPolicy } from './pool-types.ts';

type PoolStateView = Wire<typeof poolStateSchema>;

export interface PoolFigures {
  waiting: number;
  running: number;
  /** Newest first. */
  recent: readonly RecentJob[];
}

export const NO_FIGURES: PoolFigures = { waiting: 0, running: 0, recent: [] };

/** Jobs that are shown: enough to see a trend. */
const MAX_RECENT = 20;

/** `loss`: what the loss of a seat's tab would mean, of a coalition that serves. */
const describeCoalition = (
  { epoch, state, seats }: Coalition,
  loss: (seat: Seat) => Pick<NonNullable<PoolStateView['serving']>['seats'][number], 'standby' | 'lossMs'>,
): NonNullable<PoolStateView['serving']> => ({
  epoch,
  state,
  seats: seats.map((seat) => {
    const { peer, start, end, backend, totalBytes, loadedBytes, ready } = seat;
    return { peer, start, end, backend, totalBytes, loadedBytes, ready, ...loss(seat) };
  }),
});

const isSameRing = (one: Coalition, other: Coalition): boolean => ringOf(one) === ringOf(other);

function lossOf(pool: Pool, seat: Seat) {
  const [standby, lossMs] = [standbyOf(pool, seat), predictLossMs(pool, seat)];
  return { ...(standby ? { standby } : {}), ...(lossMs === undefined ? {} : { lossMs }) };
}

/**
 * @param pool of the roster; undefined while nobody is there.
 * @example
 * describePoolState(policy, roster.pools.get(policy.id), figures).members[0].msPerLayer;
 */
export function describePoolState(
  policy: PoolPolicy | undefined,
  pool: Pool | undefined,
  figures: PoolFigures,
): Omit<PoolStateView, keyof PoolView> {
  const listed = new Set<PeerId>(policy?.members ?? []);
  const serving = pool && servingOf(pool);
  // While none answers, what loads is the pool’s first.
  const own =
    pool && (serving ? pool.coalitions.filter(({ coalition }) => isSameRing(coalition, serving)) : pool.coalitions);
  const forming = own && formingOf({ coalitions: own });
  const further = (pool ? coalitionsOf(pool) : []).filter((one) => one !== serving && one !== forming?.coalition);
  const seats = [serving, ...further].flatMap((one) => (one && one.state !== 'forming' ? one.seats : []));
  const seatOf = (peer: PeerId) => seats.find((seat) => seat.peer === peer);
  const here = (pool?.peers ?? []).map(({ peer, capability, excluded, warm }) => {
    const seat = seatOf(peer);
    const { backend, device, msPerLayer, memoryBytes } = capability;
    const held = seat || excluded ? [] : (warm ?? []).filter(({ hasFailed }) => !hasFailed);
    const reserve = held.map(({ start, end, isReady }) => ({ start, end, isReady }));
    return {
      ...{ peer, isHere: true, isListed: listed.has(peer), backend, device, msPerLayer, memoryBytes },
      ...(excluded === undefined ? {} : { excluded }),
      ...(seat === undefined ? {} : { layers: { start: seat.start, end: seat.end } }),
      ...(reserve.length === 0 ? {} : { reserve }),
    };
  });
  const arePresent = new Set(here.map(({ peer }) => peer));
  const away = [...listed].filter((peer) => !arePresent.has(peer));
  return {
    members: [...here, ...away.map((peer) => ({ peer, isHere: false as const, isListed: true }))],
    lastEpoch: pool?.lastEpoch ?? 0,
    serving: serving ? describeCoalition(serving, (seat) => lossOf(pool, seat)) : null,
    forming: forming ? describeCoalition(forming.coalition, () => ({})) : null,
    further: further.map((coalition) =>
      describeCoalition(coalition, (seat) => (coalition.state === 'forming' ? {} : lossOf(pool!, seat))),
    ),
    waiting: figures.waiting,
    running: figures.running,
    recent: figures.recent.slice(0, MAX_RECENT).map(({ endedAt, plan, outcome }) => ({
      endedAt: endedAt.toISOString(),
      mode: plan.mode,
      predicted: { ...plan.predicted },
      plan,
      outcome,
    })),
  };
}
