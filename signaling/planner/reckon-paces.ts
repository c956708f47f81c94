// How fast the planner takes tabs to be. A busy machine makes the probe of one of three equal tabs four times as slow, and a liar
// says ten times as fast: a tab's own word counts only as far as it is beyond noise, and tabs that answer together are as slow as the
// lap that the server timed. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { handlingMsOf, UNKNOWN_RTT_MS } from './bounds.ts';
import { type Candidate, headLayersOf, type RttOf } from './ring-context.ts';

/** A tab counts as the middle one while it says to be less than so many times off. */
const NOISE = 4;

/** A lap that takes so many times what its stages say is no noise: somebody is slower than it says. */
const TIMES_SLOWER = 1.5;

/**
 * The same tabs as the planner reckons with them.
 *
 * @example
 * // Two say 16 ms, one 1: it counts as four times as fast as they are, and one that says 40 as they do.
 * reckonPaces([tab(1), tab(16), tab(16), tab(40)]).map(({ capability }) => capability.msPerLayer); // [4, 16, 16, 16]
 */
export function reckonPaces<Tab extends Candidate>(candidates: readonly Tab[]): Tab[] {
  const paces = candidates.map(({ capability }) => capability.msPerLayer).sort((a, b) => a - b);
  const middle = paces[paces.length >> 1] ?? 1;
  return candidates.map((candidate) => {
    const said = candidate.capability.msPerLayer;
    return withPace(candidate, said < middle ? Math.min(middle, said * NOISE) : Math.max(middle, said / NOISE));
  });
}

const withPace = <Tab extends Candidate>(tab: Tab, msPerLayer: number): Tab =>
  msPerLayer === tab.capability.msPerLayer ? tab : { ...tab, capability: { ...tab.capability, msPerLayer } };

interface TimedRing {
  manifest: ModelManifest;
  seats: readonly Seat[];
  rtt?: RttOf | undefined;
  /** What a lap took, by the server's clock. */
  lapMs: number;
}

/**
 * Tabs of a ring whose lap took 1.5 times what they say, or more, are all as many times slower: which of them it is nobody knows.
 * Where they are needed no more, each counts as it says again.
 */
export function slowDown<Tab extends Candidate>(candidates: readonly Tab[], ring: TimedRing): Tab[] {
  const paces = new Map(candidates.map(({ peer, capability }) => [peer, capability.msPerLayer]));
  const { computeMs, waysMs } = expectLap(ring, (seat) => paces.get(seat.peer) ?? 0);
  if (ring.lapMs <= TIMES_SLOWER * (computeMs + waysMs)) return [...candidates];
  const times = (ring.lapMs - waysMs) / computeMs;
  const isSeated = new Set(ring.seats.map(({ peer }) => peer));
  return candidates.map((tab) => (isSeated.has(tab.peer) ? withPace(tab, tab.capability.msPerLayer * times) : tab));
}

/** What a lap of these seats takes, at `msOf` a layer: layers and head, then handling and ways, of which some may be assumed. */
function expectLap({ manifest, seats, rtt = () => undefined }: Omit<TimedRing, 'lapMs'>, msOf: (seat: Seat) => number) {
  const head = headLayersOf(manifest);
  const layersOf = ({ start, end }: Seat): number => end - start + (end === manifest.layers ? head : 0);
  const hops = seats.map(({ peer }, at) => {
    const next = seats[(at + 1) % seats.length]!.peer;
    return peer === next ? 0 : (rtt(peer, next) ?? UNKNOWN_RTT_MS) / 2;
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    computeMs: Math.max(1e-3, sum(seats.map((seat) => layersOf(seat) * msOf(seat)))),
    waysMs: sum([...hops, ...seats.map(({ backend }) => handlingMsOf(backend))]),
  };
}
