// All pools, rings and tabs as anybody may see them. Pure. Has no id of a peer, no owner, slug, device or address, and of those
// who ask only whether a ring answers.

import type { Coalition } from '../../protocol/control.ts';
import { MAX_NETWORK_COALITIONS, MAX_NETWORK_PEERS, type networkSchema } from '../../protocol/http/network.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { Pool } from '../roster/roster-state.ts';
import { roundTo, tellRtt } from './told-figures.ts';

export type NetworkView = Wire<typeof networkSchema>;
type Described = Pick<NetworkView, 'totals' | 'pools' | 'coalitions' | 'peers'>;

export interface NetworkScene {
  pools: readonly Pool[];
  /** What a tab or a coalition is called in this view. */
  nameOf(id: string): string;
  /** As measured by a link between the two; undefined: nobody has. */
  rttOf(a: PeerId, b: PeerId): number | undefined;
  isAnswering(pool: PoolId, coalition: Coalition): boolean;
  /** Tokens a second of its last answers. */
  paceOf(pool: PoolId): number | undefined;
}

export function describeNetwork(scene: NetworkScene): Described {
  // A pool that is only watched is nobody else's business.
  const pools = scene.pools.filter(({ pinned, peers }) => pinned || peers.length > 0);
  const coalitions = pools.flatMap((pool, index) =>
    pool.coalitions.map(({ coalition }) => describeCoalition(scene, pool, index, coalition)),
  );
  const peers = pools.flatMap((pool, index) => {
    const [serving, loading] = [seatedIn(pool, 'ready'), seatedIn(pool, 'forming')];
    return pool.peers.map(({ peer }): Described['peers'][number] => ({
      ...{ id: scene.nameOf(peer), pool: index },
      at: serving.has(peer) ? 'serving' : loading.has(peer) ? 'loading' : 'waiting',
    }));
  });
  const countAt = (at: (typeof peers)[number]['at']): number => peers.filter((each) => each.at === at).length;
  return {
    totals: {
      ...{ peers: peers.length, serving: countAt('serving'), loading: countAt('loading'), waiting: countAt('waiting') },
      coalitions: coalitions.filter(({ state }) => state === 'ready').length,
      answering: coalitions.filter(({ isAnswering }) => isAnswering).length,
    },
    pools: pools.map((pool) => describePool(scene, pool)),
    coalitions: coalitions.slice(0, MAX_NETWORK_COALITIONS),
    // In the order of names that were made up: that of coming would tell who is who in the next view.
    peers: peers.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MAX_NETWORK_PEERS),
  };
}

function describePool({ paceOf }: NetworkScene, pool: Pool): Described['pools'][number] {
  const pace = paceOf(pool.id);
  return {
    // Whose repository it is, and what a pool's maker calls it, are names of somebody.
    model: pool.model.repo.split('/').at(-1) ?? '',
    dtype: pool.model.dtype,
    layers: pool.manifest?.layers ?? null,
    peers: pool.peers.length,
    tokensPerSecond: pace === undefined ? null : roundTo(pace, 2),
    coverage: coverageOf(pool),
  };
}

function describeCoalition(
  { nameOf, rttOf, isAnswering }: NetworkScene,
  pool: Pool,
  index: number,
  coalition: Coalition,
): Described['coalitions'][number] {
  const here = new Set(pool.peers.map(({ peer }) => peer));
  const { epoch, state, seats } = coalition;
  const rttTo = (from: PeerId, to: PeerId | undefined): number | null => {
    const ms = to === undefined || from === to ? undefined : rttOf(from, to);
    return ms === undefined ? null : tellRtt(ms);
  };
  return {
    ...{ id: nameOf(`${pool.id} ${epoch}`), pool: index, state },
    isAnswering: state === 'ready' && isAnswering(pool.id, coalition),
    seats: seats.map(({ peer, start, end, loadedBytes, totalBytes, ready }, at) => ({
      ...{ peer: here.has(peer) ? nameOf(peer) : null, start, end },
      loaded: ready || totalBytes === 0 ? 1 : Math.min(1, Math.floor((10 * loadedBytes) / totalBytes) / 10),
      rttMs: rttTo(peer, seats[(at + 1) % seats.length]?.peer),
    })),
  };
}

const seatedIn = ({ coalitions }: Pool, state: Coalition['state']): ReadonlySet<PeerId> =>
  new Set(
    coalitions
      .filter(({ coalition }) => coalition.state === state)
      .flatMap(({ coalition }) => coalition.seats.map(({ peer }) => peer)),
  );

/** Runs of layers that equally many tabs hold: in a seat, or in reserve. */
function coverageOf({ manifest, coalitions, peers }: Pool): Described['pools'][number]['coverage'] {
  const held = new Map<PeerId, { start: number; end: number }[]>(peers.map(({ peer }) => [peer, []]));
  for (const { coalition } of coalitions) {
    for (const { peer, start, end, ready } of coalition.seats) {
      if (ready || coalition.state === 'ready') held.get(peer)?.push({ start, end });
    }
  }
  for (const { peer, warm = [] } of peers) {
    for (const { start, end, isReady } of warm) if (isReady) held.get(peer)?.push({ start, end });
  }
  const tabsAt = (layer: number): number =>
    [...held.values()].filter((ranges) => ranges.some(({ start, end }) => start <= layer && layer < end)).length;
  const runs: Described['pools'][number]['coverage'] = [];
  for (let layer = 0; layer < (manifest?.layers ?? 0); layer++) {
    const tabs = tabsAt(layer);
    const last = runs.at(-1);
    if (last?.tabs === tabs) last.end = layer + 1;
    else runs.push({ start: layer, end: layer + 1, tabs });
  }
  return runs;
}
