// What happens to a lending tab in one epoch: it is given a seat, loads its slice and links to the next stage, serves, loses
// a link, is retired. Pure; part of `apply-stage-event.ts`.
import type { Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { fail, type LiveEpoch, type StageEffect, type StageLife, type StageStep, same, show } from './stage-life.ts';

/** Epochs that are remembered: one that is told again is of the last few. */
const MAX_JOINED = 256;

/** A coalition that has a seat for this tab: joined when it is new, dropped when it is broken. */
export function hearCoalition(life: StageLife, coalition: Coalition, ticket: string): StageStep {
  const { epoch, pool, seats, state } = coalition;
  const stage = seats.findIndex((seat) => seat.peer === life.shown.peer);
  if (pool !== life.pool || stage < 0) return same(life);
  const newest = life.shown.coalition?.epoch ?? epoch;
  const shown = epoch >= newest ? show(life, { coalition }) : life;
  if (state === 'broken') {
    return { life: shown, effects: [drop(epoch, new PoolError('stage-left', 'A stage of the route left.'))] };
  }
  const isNew = !life.joined.has(epoch);
  // Comes again for an epoch before the old ticket expires.
  const tickets: StageEffect[] = isNew || life.live.has(epoch) ? [{ type: 'hold-ticket', epoch, ticket }] : [];
  const known = life.live.get(epoch);
  if (!isNew) {
    const isTold = known?.stage === 0 && state === 'ready' && known.coalition.state !== 'ready';
    const serves: StageEffect[] = isTold ? [{ type: 'coalition-serves', epoch }] : [];
    return { life: known ? put(shown, { ...known, coalition }) : shown, effects: [...tickets, ...serves] };
  }
  const isLinked = stage + 1 === seats.length;
  const exitLink = stage === 0 && seats.length > 2 ? { exitLink: 'asked' as const } : {};
  const joined = join(shown, { epoch, coalition, seats, stage, isLinked, ...exitLink, phase: 'forming' });
  return { ...joined, effects: [...tickets, ...joined.effects] };
}

/** Loads this tab's slice and proves the links to the next stage and, at the entry, to the exit, side by side. */
function join(life: StageLife, live: LiveEpoch): StageStep {
  const { pool, lends, offer } = life;
  const { epoch, seats, stage } = live;
  if (!offer) return same(life);
  const { start, end, totalBytes } = seats[stage]!;
  const next = nextOf(live);
  const lent = { memoryBytes: offer.capability.memoryBytes, ...lends };
  const assignment = { epoch, pool, stage, start, end, layers: offer.manifest.layers, lent, ...(next ? { next } : {}) };
  const slice = { epoch, start, end, totalBytes, loadedBytes: 0, networkBytes: 0, cachedBytes: 0 };
  const joined = { ...life, joined: new Set([...life.joined, epoch].slice(-MAX_JOINED)) };
  return {
    life: show(put(withoutReserve(joined), live), { phase: 'loading', slice }),
    effects: [
      { type: 'load-slice', assignment },
      ...(next ? [{ type: 'link', epoch, peer: next } as const] : []),
      ...(live.exitLink ? [{ type: 'link', epoch, peer: exitOf(live) } as const] : []),
      // Those that its seat needs are in use from here on.
      ...(life.shown.reserve ? [{ type: 'hold-connections', peers: [] } as const] : []),
    ],
  };
}

function withoutReserve(life: StageLife): StageLife {
  const { reserve: _held, ...shown } = life.shown;
  return { ...life, shown };
}

export function noteLoaded(life: StageLife, epoch: number, msPerLayer: number): StageStep {
  const live = life.live.get(epoch);
  return live ? serveIfReady(life, { ...live, msPerLayer }) : same(life);
}

export function noteLinked(life: StageLife, epoch: number, peer: PeerId): StageStep {
  const live = life.live.get(epoch);
  if (!live) return same(life);
  if (peer === nextOf(live)) return serveIfReady(life, { ...live, isLinked: true });
  if (live.phase !== 'serving') return same(put(life, { ...live, exitLink: 'proved' }));
  return { life, effects: [driveOver(live)] };
}

function serveIfReady(life: StageLife, live: LiveEpoch): StageStep {
  const isReady = live.phase === 'forming' && live.isLinked && live.msPerLayer !== undefined;
  return { life: put(life, live), effects: isReady ? [{ type: 'serve-epoch', epoch: live.epoch }] : [] };
}

export function noteServing(life: StageLife, epoch: number): StageStep {
  const live = life.live.get(epoch);
  if (live?.phase !== 'forming' || live.msPerLayer === undefined) return same(life);
  const { msPerLayer, stage } = live;
  const ready: StageEffect = { type: 'say', message: { type: 'stage-ready', pool: life.pool, epoch, msPerLayer } };
  return {
    life: show(put(life, { ...live, phase: 'serving' }), { phase: 'serving', msPerLayer }),
    effects: [ready, { type: 'beat-later' }, ...(stage === 0 ? driveFrom(live) : [])],
  };
}

/** A link could not be made: the server hears of it, and decides who is at fault. */
export function noteUnlinked(life: StageLife, epoch: number, peer: PeerId, error: PoolError): StageStep {
  const live = life.live.get(epoch);
  if (!live || error.code === 'cancelled') return same(life);
  if (isEarlyExit(live, peer)) return same(put(life, withoutExit(live)));
  const step = peer === nextOf(live) && live.phase === 'forming' ? report(life, live, error) : same(life);
  return { ...step, effects: [linkDown(life, epoch, peer), ...step.effects] };
}

/** A link that was proved is gone. Without the one to the exit the ring may be whole: another try. */
export function noteBroken(life: StageLife, epoch: number, peer: PeerId): StageStep {
  const live = life.live.get(epoch);
  if (!live) return same(life);
  if (isEarlyExit(live, peer)) return same(put(life, withoutExit(live)));
  if (peer === nextOf(live)) return { life, effects: [linkDown(life, epoch, peer)] };
  const error = new PoolError('link-failed', 'The link to the exit broke.');
  return { life, effects: [drop(epoch, error), { type: 'link-exit-later', epoch }] };
}

export function linkAgain(life: StageLife, epoch: number): StageStep {
  const live = life.live.get(epoch);
  return live ? { life, effects: driveFrom(withoutExit(live)) } : same(life);
}

/** The slice could not be loaded or served. */
export function failSlice(life: StageLife, epoch: number, error: PoolError): StageStep {
  const live = life.live.get(epoch);
  return live?.phase === 'forming' ? report(life, live, error) : same(life);
}

/** The device failed, and with it all that this tab computes or holds in reserve. Without anything there nobody loses it. */
export function failDevice(life: StageLife, error: PoolError): StageStep {
  if (life.live.size === 0 && !life.shown.reserve) return same(life);
  const failed = fail(life, error);
  const told = [...life.live.keys()].map((epoch) => stageFailed(life, epoch, error));
  return { ...failed, effects: [...told, ...failed.effects] };
}

/** The epoch is over; what runs over it may finish. */
export function retireEpoch(life: StageLife, epoch: number): StageStep {
  if (!life.live.has(epoch)) return same(life);
  const live = new Map(life.live);
  live.delete(epoch);
  const retiring = new Set(life.retiring).add(epoch);
  return { life: { ...life, live, retiring }, effects: [{ type: 'retire-epoch', epoch }] };
}

/** What ran over it has finished. One that was given up while it formed leaves an older one, which serves on. */
export function forgetEpoch(before: StageLife, epoch: number): StageStep {
  const life = { ...before, retiring: new Set([...before.retiring].filter((other) => other !== epoch)) };
  const effects = [drop(epoch, new PoolError('epoch-stale', 'The coalition changed.'))];
  const { slice, coalition: _old, ...rest } = life.shown;
  if (slice?.epoch !== epoch) return { life, effects };
  const older = [...life.live.values()].findLast(({ phase }) => phase === 'serving');
  const shown = older ? { ...rest, ...shownOf(older) } : { ...rest, phase: 'waiting' as const };
  return { life: { ...life, shown }, effects };
}

/** What people see of an epoch that serves. */
function shownOf({ epoch, coalition, seats, stage, msPerLayer }: LiveEpoch): Partial<StageLife['shown']> {
  const { start, end, totalBytes } = seats[stage]!;
  const slice = { epoch, start, end, totalBytes, loadedBytes: totalBytes, networkBytes: 0, cachedBytes: 0 };
  return { phase: 'serving', coalition, slice, ...(msPerLayer === undefined ? {} : { msPerLayer }) };
}

/** A link that cannot be made or proved is the planner's to mend: this tab itself is sound. Any other failure ends it. */
function report(life: StageLife, live: LiveEpoch, error: PoolError): StageStep {
  if (error.code === 'cancelled') return same(life);
  if (error.subject === 'link' || error.subject === 'identity') {
    return same(show(put(life, { ...live, phase: 'stuck' }), { phase: 'waiting' }));
  }
  const failed = fail(life, error);
  return { ...failed, effects: [stageFailed(life, live.epoch, error), ...failed.effects] };
}

const stageFailed = ({ pool }: StageLife, epoch: number, error: PoolError): StageEffect => ({
  type: 'say',
  message: { type: 'stage-failed', pool, epoch, error: error.toShape() },
});

const nextOf = ({ seats, stage }: LiveEpoch): PeerId | undefined => seats[stage + 1]?.peer;

const exitOf = ({ seats }: LiveEpoch): PeerId => seats.at(-1)!.peer;

/** A link that is asked for before anybody needs it may fail: it is made anew when this tab serves. */
const isEarlyExit = (live: LiveEpoch, peer: PeerId): boolean =>
  live.phase === 'forming' && live.exitLink !== undefined && peer === exitOf(live);

function withoutExit(live: LiveEpoch): LiveEpoch {
  const { exitLink: _early, ...rest } = live;
  return rest;
}

/** At the entry: the server's jobs are driven from here. With two stages the link to the next one leads to the exit already. */
function driveFrom(live: LiveEpoch): StageEffect[] {
  if (live.seats.length <= 2 || live.exitLink === 'proved') return [driveOver(live)];
  return live.exitLink === 'asked' ? [] : [{ type: 'link', epoch: live.epoch, peer: exitOf(live) }];
}

const driveOver = ({ epoch, seats }: LiveEpoch): StageEffect => ({ type: 'drive-over', epoch, seats });

const linkDown = ({ pool }: StageLife, epoch: number, peer: PeerId): StageEffect => ({
  type: 'say',
  message: { type: 'link-down', pool, epoch, peer },
});

const drop = (epoch: number, error: PoolError): StageEffect => ({
  type: 'drop-coalition',
  epoch,
  error: error.toShape(),
});

const put = (life: StageLife, live: LiveEpoch): StageLife => ({
  ...life,
  live: new Map(life.live).set(live.epoch, live),
});
