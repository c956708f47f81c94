// The orchestrator's memory as a pure reducer: (roster, event, world) -> (roster, messages). Sockets, clocks and random
// numbers are the caller's. Tells each pool what happened, makes pools and drops those that nobody needs.

import type { Capability, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { LayerRange } from '../planner/partition-layers.ts';
import { noteFailure, noteProgress, noteReady, passTime, poolDeadlineMs } from './advance-seat.ts';
import { type LinkCut, reportCuts, reportLink } from './blame-links.ts';
import { announce, replanIn } from './change-coalition.ts';
import { applyPolicy, drainPeer, dropPeer, excludePeer, takeBack, takeOffer } from './change-members.ts';
import { coalitionsOf, isRetired } from './coalitions.ts';
import { endTrial, type TrialEnd, tryAgain } from './end-trial.ts';
import { keepReserve, noteWarm } from './keep-reserve.ts';
import {
  type Effect,
  emptyPool,
  MAX_LAYERS,
  MAX_POOLS,
  MAX_WATCHERS_PER_POOL,
  MAX_WATCHES_PER_PEER,
  type Pool,
  type PoolPeer,
  type PoolStep,
  type Roster,
  type RosterTiming,
  type World,
} from './roster-state.ts';

export type RosterEvent =
  | {
      type: 'peer-offered';
      peer: PeerId;
      pool: PoolId;
      manifest: ModelManifest;
      /** As the server itself read it. */
      read: ModelManifest;
      capability: Capability;
    }
  | { type: 'load-progressed'; peer: PeerId; pool: PoolId; epoch: number; loadedBytes: number }
  | { type: 'stage-readied'; peer: PeerId; pool: PoolId; epoch: number; msPerLayer: number }
  /** It holds layers in reserve, or could not have them. */
  | { type: 'spare-told'; peer: PeerId; pool: PoolId; layers: LayerRange; isReady: boolean }
  | { type: 'stage-failed'; peer: PeerId; pool: PoolId; epoch: number }
  /** Somebody's lap did not come back. */
  | { type: 'stood-still'; pool: PoolId; epoch: number }
  /** A canary lap has ended. */
  | { type: 'trial-ended'; pool: PoolId; epoch: number; verdict: TrialEnd }
  | { type: 'link-broken'; peer: PeerId; pool: PoolId; epoch: number; to: PeerId }
  /** It was asked whether it is there and did not answer. */
  | { type: 'peer-silent'; peer: PeerId; pool: PoolId }
  /** It said something: if it was taken for silent, it may be planned again once its time is over. */
  | { type: 'peer-heard'; peer: PeerId }
  | { type: 'links-cut'; pool: PoolId; cuts: readonly LinkCut[] }
  | { type: 'pool-watched'; peer: PeerId; pool: PoolId }
  /** It lends no more once what runs through it has ended. */
  | { type: 'stage-drained'; peer: PeerId }
  /** It lends no more, but may go on watching. */
  | { type: 'stage-left'; peer: PeerId }
  /** Its socket closed or it fell silent. */
  | { type: 'peer-left'; peer: PeerId }
  /** Somebody waits for an answer although a coalition answers, or nobody does any more. */
  | { type: 'queue-told'; pool: PoolId; isCrowded: boolean }
  /** What was decided of a pool is another than before. */
  | { type: 'policy-changed'; pool: PoolId }
  | { type: 'clock-ticked' };

export interface RosterStep {
  readonly roster: Roster;
  readonly effects: readonly Effect[];
}

/** One event. Never throws: what a peer does wrong is answered to it with an `error` effect, what comes late is ignored. */
export function applyRosterEvent(roster: Roster, event: RosterEvent, world: World): RosterStep {
  switch (event.type) {
    case 'peer-offered':
      return offer(roster, event, world);
    case 'pool-watched':
      return watch(roster, event.peer, event.pool);
    case 'load-progressed':
      return inPool(roster, event.pool, (pool) =>
        noteProgress(pool, event.peer, event.epoch, event.loadedBytes, world),
      );
    case 'stage-readied':
      return inPool(roster, event.pool, (pool) => noteReady(pool, event.peer, event.epoch, event.msPerLayer, world));
    case 'spare-told':
      return inPool(roster, event.pool, (pool) => noteWarm(pool, event.peer, event.layers, event.isReady));
    case 'stood-still':
      return inPool(roster, event.pool, (pool) => tryAgain(pool, event.epoch, world));
    case 'trial-ended':
      return inPool(roster, event.pool, (pool) => endTrial(pool, event.epoch, event.verdict, world));
    case 'stage-failed':
      return inPool(roster, event.pool, (pool) => noteFailure(pool, event.peer, event.epoch, world));
    case 'link-broken':
      return inPool(roster, event.pool, (pool) => reportLink(pool, event.epoch, event.peer, event.to, world));
    case 'peer-silent':
      return inPool(roster, event.pool, (pool) =>
        isPlanned(pool, event.peer) ? excludePeer(pool, event.peer, 'silent', 'both', world) : { pool, effects: [] },
      );
    case 'peer-heard':
      return inEachPool(roster, (pool) =>
        takeBack(pool, (entry) => entry.peer === event.peer && isBackInTime(entry, world), world),
      );
    case 'links-cut':
      return inPool(roster, event.pool, (pool) => reportCuts(pool, event.cuts, world));
    case 'stage-drained':
      return inEachPool(roster, (pool) => drainPeer(pool, event.peer, world));
    case 'stage-left':
      return inEachPool(roster, (pool) => dropPeer(pool, event.peer, world));
    case 'peer-left':
      return inEachPool(awaitedWithout(roster, event.peer), (pool) => {
        const watchers = pool.watchers.filter((watcher) => watcher !== event.peer);
        return dropPeer(watchers.length < pool.watchers.length ? { ...pool, watchers } : pool, event.peer, world);
      });
    case 'queue-told':
      return inPool(roster, event.pool, (pool) => noteCrowd(pool, event.isCrowded, world));
    case 'policy-changed':
      return inPool(roster, event.pool, (pool) => applyPolicy(pool, world));
    case 'clock-ticked':
      return inEachPool(roster, (pool) => passTime(pool, world));
  }
}

/** Only one that has waited for a while is worth a ring of its own. */
function noteCrowd(pool: Pool, isCrowded: boolean, world: World): PoolStep {
  const { crowdedAtMs, ...rest } = pool;
  if ((crowdedAtMs !== undefined) === isCrowded) return { pool, effects: [] };
  if (!isCrowded) return { pool: rest, effects: [] };
  return { pool: replanIn({ ...rest, crowdedAtMs: world.nowMs }, world.timing.crowdedMs, world), effects: [] };
}

const isPlanned = (pool: Pool, peer: PeerId): boolean =>
  pool.peers.some((entry) => entry.peer === peer && entry.excluded === undefined);

const isBackInTime = ({ excluded, leftOutUntilMs = 0 }: PoolPeer, { nowMs }: World): boolean =>
  excluded === 'silent' && leftOutUntilMs <= nowMs;

/** When to send the next `clock-ticked`; infinity when nothing is due. */
export const nextDeadlineMs = (roster: Roster, { loadSilenceMs }: RosterTiming): number =>
  Math.min(Number.POSITIVE_INFINITY, ...[...roster.pools.values()].map((pool) => poolDeadlineMs(pool, loadSilenceMs)));

function offer(roster: Roster, event: RosterEvent & { type: 'peer-offered' }, world: World): RosterStep {
  const { peer, pool: id, manifest } = event;
  if (manifest.layerBytes.length !== manifest.layers) {
    return refuse(roster, peer, new PoolError('bad-message', 'The manifest does not list the bytes of each layer.'));
  }
  if (manifest.layers > MAX_LAYERS) {
    return refuse(roster, peer, new PoolError('model-unsupported', `The model has more than ${MAX_LAYERS} layers.`));
  }
  // A tab is a stage of one pool: its memory can be promised only once.
  const left = inEachPool(roster, (pool) => (pool.id === id ? { pool, effects: [] } : dropPeer(pool, peer, world)));
  const opened = openPool(left.roster, id);
  if (!opened) return { roster: left.roster, effects: [...left.effects, errorTo(peer, tooManyPools())] };
  const joined = inPool(opened, id, (pool) => takeOffer(pool, event, world));
  return { roster: joined.roster, effects: [...left.effects, ...joined.effects] };
}

function watch(roster: Roster, peer: PeerId, id: PoolId): RosterStep {
  const open = [...roster.pools.values()].map((pool) => [pool.id, pool.watchers] as const);
  const watched = [...open, ...roster.awaited].filter(([, watchers]) => watchers.includes(peer));
  if (watched.length >= MAX_WATCHES_PER_PEER && !watched.some(([pool]) => pool === id)) {
    return refuse(roster, peer, new PoolError('rate-limited', `A peer watches at most ${MAX_WATCHES_PER_PEER} pools.`));
  }
  const there = roster.pools.get(id)?.watchers ?? roster.awaited.get(id) ?? [];
  const isNew = !there.includes(peer);
  if (isNew && there.length >= MAX_WATCHERS_PER_POOL) {
    return refuse(roster, peer, new PoolError('rate-limited', 'Too many drivers watch this pool.'));
  }
  if (!roster.pools.has(id)) {
    const awaited = new Map(roster.awaited).set(id, isNew ? [...there, peer] : there);
    return { roster: { ...roster, awaited }, effects: [] };
  }
  return inPool(roster, id, (pool) => {
    const next = isNew ? { ...pool, watchers: [...pool.watchers, peer] } : pool;
    return {
      pool: next,
      effects: coalitionsOf(next)
        .filter((coalition) => !isRetired(next, coalition))
        .map((coalition) => ({ ...announce(next, coalition), to: [peer] })),
    };
  });
}

const tooManyPools = (): PoolError => new PoolError('rate-limited', 'The server has as many pools as it takes.');

const errorTo = (peer: PeerId, error: PoolError): Effect => {
  const message: ServerMessage = { type: 'error', error: error.toShape() };
  return { to: [peer], message };
};

const refuse = (roster: Roster, peer: PeerId, error: PoolError): RosterStep => ({
  roster,
  effects: [errorTo(peer, error)],
});

/** The roster with this pool in it and those who waited for it, or undefined when it takes no more pools. */
function openPool(roster: Roster, id: PoolId): Roster | undefined {
  if (roster.pools.has(id)) return roster;
  if (roster.pools.size >= MAX_POOLS) return undefined;
  const awaited = new Map(roster.awaited);
  const pool = { ...emptyPool(id, roster.epochFloor), watchers: awaited.get(id) ?? [] };
  awaited.delete(id);
  return { ...roster, awaited, pools: new Map(roster.pools).set(id, pool) };
}

function awaitedWithout(roster: Roster, peer: PeerId): Roster {
  if (![...roster.awaited.values()].some((watchers) => watchers.includes(peer))) return roster;
  const left = [...roster.awaited].map(([id, watchers]) => [id, watchers.filter((other) => other !== peer)] as const);
  return { ...roster, awaited: new Map(left.filter(([, watchers]) => watchers.length > 0)) };
}

const inPool = (roster: Roster, id: PoolId, change: (pool: Pool) => PoolStep): RosterStep =>
  inEachPool(roster, (pool) => (pool.id === id ? change(pool) : { pool, effects: [] }));

/** Applies a change to every pool, then drops the ones without tabs: whoever watches them waits for the next. */
function inEachPool(roster: Roster, change: (pool: Pool) => PoolStep): RosterStep {
  const pools = new Map<PoolId, Pool>();
  const effects: Effect[] = [];
  let { epochFloor, awaited } = roster;
  for (const [id, before] of roster.pools) {
    const changed = change(before);
    const step = changed.pool === before ? changed : keepReserve(changed.pool);
    effects.push(...changed.effects, ...(step === changed ? [] : step.effects));
    if (step.pool.pinned || step.pool.peers.length > 0) pools.set(id, step.pool);
    else {
      epochFloor = Math.max(epochFloor, step.pool.lastEpoch);
      if (step.pool.watchers.length > 0) awaited = new Map(awaited).set(id, step.pool.watchers);
    }
  }
  return { roster: { pools, epochFloor, awaited }, effects };
}
