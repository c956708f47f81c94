// How fast tabs are taken to be: by what a lap of the server's own has shown, else by what they say of themselves as far as that is
// beyond noise. A busy machine makes the probe of one of three equal tabs four times as slow, and a liar says ten times as fast:
// neither decides a cut alone. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { handlingMsOf, UNKNOWN_RTT_MS } from './bounds.ts';
import { type Candidate, headLayersOf, type RttOf } from './ring-context.ts';

/** A tab, with milliseconds per layer that a lap has shown. */
export type PacedCandidate = Candidate & { readonly shownMs?: number };

/** A tab that was never timed counts as the middle one while it says to be less than so many times off. */
const NOISE = 4;

/** A lap that takes so many times what its stages say is no noise: somebody is slower than it says. */
export const TIMES_SLOWER = 1.5;

/** Median of what is known of all of them. */
function middleOf(candidates: readonly PacedCandidate[]): number {
  const paces = candidates.map(({ shownMs, capability }) => shownMs ?? capability.msPerLayer).sort((a, b) => a - b);
  return paces[paces.length >> 1] ?? 1;
}

/**
 * The same tabs as the planner reckons with them.
 *
 * @example
 * // Two say 16 ms, one 1: it counts as four times as fast as they are, and one that says 40 as they do.
 * reckonPaces([tab(1), tab(16), tab(16), tab(40)]).map(({ capability }) => capability.msPerLayer); // [4, 16, 16, 16]
 */
export function reckonPaces<Tab extends PacedCandidate>(candidates: readonly Tab[]): Tab[] {
  const middle = middleOf(candidates);
  return candidates.map((candidate) => {
    const { shownMs, capability } = candidate;
    const said = capability.msPerLayer;
    const msPerLayer = shownMs ?? (said < middle ? Math.min(middle, said * NOISE) : Math.max(middle, said / NOISE));
    return msPerLayer === capability.msPerLayer
      ? candidate
      : { ...candidate, capability: { ...capability, msPerLayer } };
  });
}

interface RingOfSeats {
  manifest: ModelManifest;
  seats: readonly Seat[];
  rtt?: RttOf | undefined;
}

/** Milliseconds of a lap that are no layer's: handling, and ways of which some may be assumed. */
function waysMs({ seats, rtt = () => undefined }: RingOfSeats): number {
  const hops = seats.map(({ peer }, at) => {
    const next = seats[(at + 1) % seats.length]!.peer;
    return peer === next ? 0 : (rtt(peer, next) ?? UNKNOWN_RTT_MS) / 2;
  });
  const handling = seats.map(({ backend }) => handlingMsOf(backend));
  return [...hops, ...handling].reduce((sum, ms) => sum + ms, 0);
}

const layersOf = (manifest: ModelManifest, { start, end }: Seat): number =>
  end - start + (end === manifest.layers ? headLayersOf(manifest) : 0);

/** What a lap of these seats takes, at `msOf` a layer. */
export function expectLapMs(ring: RingOfSeats, msOf: (seat: Seat) => number): number {
  const compute = ring.seats.reduce((sum, seat) => sum + layersOf(ring.manifest, seat) * msOf(seat), 0);
  return compute + waysMs(ring);
}

/**
 * Milliseconds per layer that a lap has shown of each seat, by its place; undefined for those of whom it shows nothing. Who was
 * shown before stays as it was. The others are as they say, if the lap took about that long, or share what it took longer; where
 * nobody was shown before, nobody knows whose fault that is. And nobody's layers took longer than the lap.
 *
 * @param known what was shown of a seat before.
 * @param times more than that is no noise.
 */
export function showPaces(
  ring: RingOfSeats,
  lapMs: number,
  { said, known, times = TIMES_SLOWER }: { said: PaceOf; known: PaceOf<undefined>; times?: number },
): (number | undefined)[] {
  const { manifest, seats } = ring;
  const expectedMs = expectLapMs(ring, (seat) => known(seat) ?? said(seat));
  const atMost = (seat: Seat, ms: number): number => Math.min(ms, lapMs / layersOf(manifest, seat));
  if (lapMs <= expectedMs * times) return seats.map((seat) => atMost(seat, known(seat) ?? said(seat)));
  const fresh = seats.filter((seat) => known(seat) === undefined);
  if (fresh.length === 0 || fresh.length === seats.length) return seats.map(known);
  const told = fresh.reduce((sum, seat) => sum + layersOf(manifest, seat) * said(seat), 0);
  const factor = (told + lapMs - expectedMs) / told;
  return seats.map((seat) => known(seat) ?? atMost(seat, said(seat) * factor));
}

/** Milliseconds per layer of each seat, from what a step of its whole slice takes. */
export const stepPaces =
  ({ manifest, seats }: RingOfSeats, stepsMs: readonly number[]): PaceOf =>
  (seat) =>
    (stepsMs[seats.indexOf(seat)] ?? 0) / layersOf(manifest, seat);

/** Milliseconds per layer of a seat's tab. */
type PaceOf<Unknown = never> = (seat: Seat) => number | Unknown;
