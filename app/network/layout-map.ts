// Where everything stands on the map of the network: rings with their tabs, and tabs in no ring as a swarm beside those of their
// pool. In units of a tab's radius. Pure.
import type { Network, NetworkCoalition } from '../../protocol/http/network.ts';
import { type Place, packCircles } from './pack-circles.ts';

export interface MapNode extends Place {
  /** The same tab has the same key in the next layout of one view. */
  key: string;
  kind: 'serving' | 'loading' | 'waiting' | 'empty';
  loaded: number;
  /** Undefined: it has none. `angle` is the way outwards. */
  seat?: { ring: string; angle: number; start: number; end: number };
}

export interface MapRing extends Place {
  id: string;
  radius: number;
  state: NetworkCoalition['state'];
  isAnswering: boolean;
  tokensPerSecond: number | undefined;
  model: string;
  /** From each seat to the next one. */
  rttMs: readonly (number | null)[];
}

export interface MapLayout {
  rings: MapRing[];
  nodes: MapNode[];
  width: number;
  height: number;
}

/** Between the middles of neighbours. */
const APART = 3.4;
const LEAST_RADIUS = 3.2;
/** Around a ring and around a swarm; more where few rings have labels around them. */
const MARGIN = 2.4;
const LABELLED_MARGIN = 4.6;
/** No more rings than these have labels: the table has those of all. */
export const MOST_LABELLED = 3;
const SWARM_APART = 2.7;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

const ringRadius = (seats: number): number => Math.max(LEAST_RADIUS, (seats * APART) / (2 * Math.PI));
const swarmRadius = (tabs: number): number => SWARM_APART * 0.6 * Math.sqrt(tabs) + 1;
/** The first seat is at the top, and the others follow clockwise. */
const seatAngle = (at: number, seats: number): number => -Math.PI / 2 + (2 * Math.PI * at) / seats;

/** Remembers the last packing: where only figures change, nothing is placed anew. */
export class MapPacker {
  #key = '';
  #places: Place[] = [];

  pack(radii: readonly number[], aspect: number): readonly Place[] {
    const key = `${aspect.toFixed(2)} ${radii.map((radius) => radius.toFixed(2)).join(' ')}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#places = packCircles(radii, aspect);
    }
    return this.#places;
  }
}

/** @param aspect width over height of what it is drawn on. */
export function layoutMap(
  { pools, coalitions, peers }: Pick<Network, 'pools' | 'coalitions' | 'peers'>,
  aspect: number,
  packer = new MapPacker(),
): MapLayout {
  const waiting = pools.map((_, pool) => peers.filter((peer) => peer.pool === pool && peer.at === 'waiting'));
  const swarms = waiting.filter((tabs) => tabs.length > 0);
  const margin = coalitions.length <= MOST_LABELLED ? LABELLED_MARGIN : MARGIN;
  const radii = [
    ...coalitions.map(({ seats }) => ringRadius(seats.length) + margin),
    ...swarms.map((tabs) => swarmRadius(tabs.length) + MARGIN / 2),
  ];
  const places = packer.pack(radii, aspect);
  const left = Math.min(0, ...places.map(({ x }, at) => x - radii[at]!));
  const top = Math.min(0, ...places.map(({ y }, at) => y - radii[at]!));
  const right = Math.max(0, ...places.map(({ x }, at) => x + radii[at]!));
  const bottom = Math.max(0, ...places.map(({ y }, at) => y + radii[at]!));
  const moved = places.map(({ x, y }) => ({ x: x - left, y: y - top }));
  const taken = new Set<string>();
  const rings = coalitions.map((coalition, at) => ringOf(coalition, pools, moved[at]!));
  const nodes = [
    ...coalitions.flatMap((coalition, at) => nodesOf(coalition, rings[at]!, taken)),
    ...swarms.flatMap((tabs, at) => swarmOf(tabs, moved[coalitions.length + at]!, taken)),
  ];
  return { rings, nodes, width: right - left, height: bottom - top };
}

function ringOf(coalition: NetworkCoalition, pools: Network['pools'], { x, y }: Place): MapRing {
  const { id, state, isAnswering, seats } = coalition;
  const pool = pools[coalition.pool];
  return {
    ...{ x, y, id, state, isAnswering, radius: ringRadius(seats.length), model: pool?.model ?? '' },
    tokensPerSecond: pool?.tokensPerSecond ?? undefined,
    rttMs: seats.map(({ rttMs }) => rttMs),
  };
}

function nodesOf({ seats }: NetworkCoalition, { id, x, y, radius }: MapRing, taken: Set<string>): MapNode[] {
  return seats.map(({ peer, start, end, loaded }, at) => {
    const angle = seatAngle(at, seats.length);
    return {
      // A tab that has two seats stands in both.
      ...{ key: keyOf(peer ?? `${id} ${at}`, `${id} ${at}`, taken), loaded, seat: { ring: id, angle, start, end } },
      ...{ x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) },
      kind: peer === null ? 'empty' : loaded < 1 ? 'loading' : 'serving',
    };
  });
}

const swarmOf = (tabs: Network['peers'], { x, y }: Place, taken: Set<string>): MapNode[] =>
  tabs.map(({ id }, at) => {
    const reach = SWARM_APART * 0.6 * Math.sqrt(at + (tabs.length > 1 ? 0.5 : 0));
    return {
      ...{ key: keyOf(id, `${id} alone`, taken), kind: 'waiting', loaded: 0 },
      ...{ x: x + reach * Math.cos(at * GOLDEN_ANGLE), y: y + reach * Math.sin(at * GOLDEN_ANGLE) },
    };
  });

function keyOf(wanted: string, other: string, taken: Set<string>): string {
  const key = taken.has(wanted) ? other : wanted;
  taken.add(key);
  return key;
}
