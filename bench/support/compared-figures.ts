// Which figures of a bench tell what a change cost, and where its receipt has them.
import { median } from './quantile.ts';

export interface Figure {
  /** With its unit. */
  what: string;
  /** More of it is better. */
  isRate?: boolean;
  /** May be so much more than before; else 3 %. */
  mostMore?: number;
  read(results: unknown): number;
}

interface Overhead {
  lanes: { payloadBytes: number; samples: { metered: { busyMs: number; latencyMs: number } }[] }[];
}

interface ControlPlane {
  join: { perPeerMs: number; cpuMs: number };
  full: { cpuMs: number; residentBytes: number };
}

interface Sessions {
  one: { median: number };
  many: { median: number };
}

interface Settlements {
  lanes: { concurrent: number; settlementsPerSecond: number }[];
}

/** Milliseconds at all payloads together: one that is dearer and one that is cheaper by as much are no news. */
const ofMetered =
  (field: 'busyMs' | 'latencyMs') =>
  (results: unknown): number =>
    (results as Overhead).lanes
      .map(({ samples }) => median(samples.map(({ metered }) => metered[field])))
      .reduce((sum, ms) => sum + ms, 0);

/** Over all databases together. */
const ofSettlements =
  (concurrent: number) =>
  (results: unknown): number =>
    (results as Settlements).lanes
      .filter((lane) => lane.concurrent === concurrent)
      .reduce((sum, lane) => sum + lane.settlementsPerSecond, 0);

interface RingLanes {
  lanes: { stages: number; oneWayMs: number; against: string; tokensPerSecond: number[]; firstTokenMs: number[] }[];
}

const ofRing =
  (stages: number, oneWayMs: number, isAway: boolean, field: 'tokensPerSecond' | 'firstTokenMs' = 'tokensPerSecond') =>
  (results: unknown): number => {
    const isIt = (lane: RingLanes['lanes'][number]) =>
      lane.stages === stages && lane.oneWayMs === oneWayMs && (lane.against === 'driver beside') === isAway;
    return median((results as RingLanes).lanes.find(isIt)![field]);
  };

interface Speculation {
  lanes: { text?: string; oneWayMs: number; temperature: number; drafted: { median: number } }[];
}

const SPECULATION_FIGURES: readonly Figure[] = [20, 50].flatMap((ms) =>
  [0, 0.8].map((temperature) => ({
    what: `drafted tokens/s at ${ms} ms, temperature ${temperature}, the usual questions`,
    isRate: true,
    read: (results: unknown): number =>
      (results as Speculation).lanes.find(
        ({ text = 'usual', ...lane }) => text === 'usual' && lane.oneWayMs === ms && lane.temperature === temperature,
      )!.drafted.median,
  })),
);

const RING_FIGURES: readonly Figure[] = [1, 2, 3].flatMap((stages) => [
  ...[0, 5, 20, 50].map((ms) => ({
    what: `tokens/s, ${stages} stages at ${ms} ms`,
    isRate: true,
    read: ofRing(stages, ms, false),
  })),
  ...[0, 20].map((ms) => ({
    what: `ms to the first token, ${stages} stages at ${ms} ms`,
    mostMore: 5,
    read: ofRing(stages, ms, false, 'firstTokenMs'),
  })),
  ...(stages > 1
    ? [
        {
          what: `tokens/s, ${stages} stages at 2 ms, the driver at 100 ms`,
          isRate: true,
          read: ofRing(stages, 100, true),
        },
      ]
    : []),
]);

/** What a bench that was given these arguments writes. */
export const receiptOf = (bench: string, args: readonly string[]): string =>
  bench === 'ring-distance'
    ? `ring-distance-${args.includes('large') ? 'random' : args.includes('middle') ? 'random-middle' : 'guide-4m'}`
    : bench;

/** By the bench's name. */
export const FIGURES: Readonly<Record<string, readonly Figure[]>> = {
  'ring-distance': RING_FIGURES,
  speculation: SPECULATION_FIGURES,
  'receipt-overhead': [
    { what: 'ms per metered frame, back to back', read: ofMetered('busyMs') },
    { what: 'ms until a metered frame is out, paced', read: ofMetered('latencyMs') },
  ],
  'control-plane': [
    { what: 'ms per join', read: (results) => (results as ControlPlane).join.perPeerMs },
    { what: 'CPU ms of all joins', read: (results) => (results as ControlPlane).join.cpuMs },
    { what: 'CPU ms with all connected', read: (results) => (results as ControlPlane).full.cpuMs },
    { what: 'resident bytes', read: (results) => (results as ControlPlane).full.residentBytes },
  ],
  'ledger-settlements': [
    { what: 'settlements a second, one at a time', isRate: true, read: ofSettlements(1) },
    { what: 'settlements a second, eight at once', isRate: true, read: ofSettlements(8) },
  ],
  sessions: [
    { what: 'tok/s of one session', isRate: true, read: (results) => (results as Sessions).one.median },
    { what: 'tok/s of eight sessions', isRate: true, read: (results) => (results as Sessions).many.median },
  ],
};
