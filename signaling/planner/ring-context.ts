// What every step of a placement asks again and again, worked out once: bytes of ranges, clamped measures, round trips by
// index. Pure; candidates are indices from here on.
import type { Capability } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { handlingMsOf, UNKNOWN_RTT_MS } from './bounds.ts';
import { rangeBytes } from './partition-layers.ts';

export interface Candidate {
  peer: PeerId;
  capability: Capability;
}

/** Round trip of two peers in milliseconds; undefined where nothing is known. */
export type RttOf = (a: PeerId, b: PeerId) => number | undefined;

export interface RingContext {
  readonly manifest: ModelManifest;
  readonly layers: number;
  /** Positions of the one session whose KV cache every stage must hold. */
  readonly contextTokens: number;
  /** Bytes of layers `[start, end)` with the KV cache of one session. */
  readonly bytesOf: (start: number, end: number) => number;
  /** What the head takes, in layers: decoding reads every weight once, so time goes with bytes. */
  readonly headLayers: number;
  readonly candidates: readonly Candidate[];
  readonly msPerLayer: Float64Array;
  readonly memoryBytes: Float64Array;
  readonly handlingMs: Float64Array;
  /** Assumed where unknown. */
  readonly rttMs: (a: number, b: number) => number;
  readonly isKnown: (a: number, b: number) => boolean;
}

/** A tab that claims to be infinitely fast is as fast as this; one that claims to be infinitely slow still makes a finite sum. */
const LEAST_MS_PER_LAYER = 0.01;
const MOST_MS_PER_LAYER = 60_000;

const clampMs = (ms: number): number => Math.min(MOST_MS_PER_LAYER, Math.max(LEAST_MS_PER_LAYER, ms));

/** What the head takes, in layers by weight; no more than all of them. */
export function headLayersOf(manifest: ModelManifest): number {
  const layerBytes = manifest.layerBytes.reduce((sum, bytes) => sum + bytes, 0) / manifest.layers;
  return layerBytes > 0 ? Math.min(manifest.layers, manifest.headBytes / layerBytes) : 0;
}

export function ringContext(
  manifest: ModelManifest,
  candidates: readonly Candidate[],
  contextTokens: number,
  rtt: RttOf = () => undefined,
): RingContext {
  const known = (a: number, b: number): number | undefined => rtt(candidates[a]!.peer, candidates[b]!.peer);
  return {
    manifest,
    layers: manifest.layers,
    contextTokens,
    bytesOf: rangeBytes(manifest, contextTokens),
    headLayers: headLayersOf(manifest),
    candidates,
    msPerLayer: Float64Array.from(candidates, ({ capability }) => clampMs(capability.msPerLayer)),
    memoryBytes: Float64Array.from(candidates, ({ capability }) => capability.memoryBytes),
    handlingMs: Float64Array.from(candidates, ({ capability }) => handlingMsOf(capability.backend)),
    rttMs: (a, b) => (a === b ? 0 : (known(a, b) ?? UNKNOWN_RTT_MS)),
    isKnown: (a, b) => a === b || known(a, b) !== undefined,
  };
}

/** The last layer that a tab of so much memory can end with if it starts at `start`; `start` itself when not even one fits. */
export function reachOf({ bytesOf, layers }: RingContext, start: number, memoryBytes: number): number {
  // A longer range never weighs less: halve the interval.
  let fits = start;
  let over = layers + 1;
  while (over - fits > 1) {
    const end = (fits + over) >> 1;
    if (bytesOf(start, end) <= memoryBytes) fits = end;
    else over = end;
  }
  return fits;
}
