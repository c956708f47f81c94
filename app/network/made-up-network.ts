// A network that nobody lends to: what `/api/network` would say of so many tabs. Made up, the same each time.
import type { Network, NetworkCoalition, NetworkHistoryPoints, NetworkPeer } from '../../protocol/http/network.ts';

const LAYERS = 28;
/** Tabs of a ring, in turn. */
const RING_TABS = [12, 6, 9, 4, 16, 8];
/** So many tabs of a large network wait in no ring. */
const WAITING_SHARE = 0.15;
const RTTS = [2, 5, 10, 20, 30, 70, 150];
const POOLS = ['made-up-0.6b', 'made-up-4b', 'made-up-8b'];

export interface MadeUp {
  tabs: number;
  /** So often it has changed: other rings answer, one ring is another. */
  step?: number;
}

/** Spread over all names, as those of a server are. */
const nameOf = (kind: number, number: number): string =>
  (Math.imul(kind * 1e6 + number, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').padEnd(12, '0');

export function madeUpNetwork({ tabs, step = 0 }: MadeUp): Network {
  const waiting = tabs < 20 ? 0 : Math.floor(tabs * WAITING_SHARE);
  const coalitions: NetworkCoalition[] = [];
  const peers: NetworkPeer[] = [];
  for (let left = tabs - waiting; left > 0; ) {
    const number = coalitions.length;
    const size = Math.min(left, RING_TABS[number % RING_TABS.length]!);
    left -= size;
    coalitions.push(madeUpRing(number, size, peers, step));
  }
  for (let at = 0; at < waiting; at++) peers.push({ id: nameOf(3, at), pool: at % POOLS.length, at: 'waiting' });
  const serving = peers.filter(({ at }) => at === 'serving').length;
  const ready = coalitions.filter(({ state }) => state === 'ready');
  const answering = ready.filter(({ isAnswering }) => isAnswering).length;
  return {
    ...{ view: 'made-up', viewEndsAt: new Date(8.64e14), at: new Date(1.8e12 + step * 2_000) },
    totals: {
      ...{ peers: tabs, serving, loading: tabs - waiting - serving, waiting },
      ...{ coalitions: ready.length, answering },
    },
    tokensPerSecond: 12 * answering,
    pools: POOLS.map((model, pool) => ({
      ...{ model, dtype: 'q4f16', layers: LAYERS, peers: peers.filter((peer) => peer.pool === pool).length },
      tokensPerSecond: 12 + 10 * pool,
      coverage: madeUpCoverage(ready.filter((ring) => ring.pool === pool).length),
    })),
    ...{ coalitions, peers, hour: madeUpPoints(60, 60, tabs), day: madeUpPoints(96, 900, tabs) },
  };
}

function madeUpRing(number: number, size: number, peers: NetworkPeer[], step: number): NetworkCoalition {
  const pool = number % POOLS.length;
  // One in twenty loads; of the others the first answers always, and two of three.
  const isForming = number % 20 === 13;
  const seats = Array.from({ length: size }, (_, at) => {
    const id = nameOf(2, peers.length);
    const loaded = isForming ? ((at + step) % 10) / 10 : 1;
    peers.push({ id, pool, at: isForming ? 'loading' : 'serving' });
    const [start, end] = [Math.floor((LAYERS * at) / size), Math.floor((LAYERS * (at + 1)) / size)];
    return { ...{ peer: id, start, end, loaded }, rttMs: size > 1 ? RTTS[(number + 3 * at) % RTTS.length]! : null };
  });
  return {
    // Each time one ring has become another.
    ...{ id: nameOf(1, number + (number === step ? 100_000 : 0)), pool, seats },
    ...{
      state: isForming ? 'forming' : 'ready',
      isAnswering: !isForming && (number === 0 || (number + step) % 3 !== 0),
    },
  };
}

/** A tab in reserve holds the second half once more. */
const madeUpCoverage = (rings: number): Network['pools'][number]['coverage'] =>
  rings === 0
    ? []
    : [
        { start: 0, end: LAYERS / 2, tabs: rings },
        { start: LAYERS / 2, end: LAYERS, tabs: rings + 1 },
      ];

function madeUpPoints(count: number, pointSeconds: number, tabs: number): NetworkHistoryPoints {
  const each = <T>(of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at));
  const wave = (at: number): number => 0.6 + 0.25 * Math.sin(at / 6) + 0.15 * Math.sin(at / 2.3);
  return {
    pointSeconds,
    tokensPerSecond: each((at) => Math.round(tabs * 0.7 * wave(at))),
    answers: each((at) => Math.round(tabs * 0.2 * wave(at))),
    peers: each((at) => Math.round(tabs * (0.7 + (0.3 * at) / count))),
    failures: each((at) => (at % 11 === 4 ? 2 : at % 7 === 5 ? 1 : 0)),
    recoveries: each((at) => (at % 11 === 5 ? 2 : at % 7 === 5 ? 1 : 0)),
    recoveryMs: each((at) => (at % 11 === 5 || at % 7 === 5 ? 2_300 : null)),
  };
}
