// Where a lap's time went, as rows of bars that follow one another: drafts, each stop of the route, the way back, and what
// nobody accounted for. From an answer's statistics. Pure.
import type { AnswerStats, RouteStop } from '../../shard-worker/index.ts';

/** In the order in which they are listed. */
const PARTS = ['draft', 'wire', 'queue', 'upload', 'compute', 'readback', 'rest'] as const;
export type PartName = (typeof PARTS)[number];

export interface WaterfallPart {
  name: PartName;
  ms: number;
  /** Where the part begins, 0 to 100 of the whole width. */
  fromPercent: number;
  percent: number;
}

export interface WaterfallRow {
  kind: 'draft' | 'stage' | 'return' | 'rest';
  /** The stage of a row of kind `stage`. */
  stop?: RouteStop;
  ms: number;
  /** In the order in which they pass; all of a stage's, also those of 0 ms. */
  parts: WaterfallPart[];
}

export interface Waterfall {
  /** A mean lap with the drafting before it, milliseconds: the whole width. */
  wholeMs: number;
  rows: WaterfallRow[];
  /** Each part's time over all rows, without those of 0 ms. */
  totals: { name: PartName; ms: number }[];
}

/** A look at the text for repeats takes less, and would be a row of `0.0 ms`. */
const LEAST_DRAFT_MS = 0.05;

type Piece = readonly [name: PartName, ms: number];

/**
 * `rest` is what the lap took beyond what stages and links reported: sending, the driver's own work, and half round trips that
 * were longer than the least. Where the reports exceed the lap, they are the whole. No rows where there was no lap.
 */
export function layoutWaterfall(stats: AnswerStats): Waterfall {
  const draftMs = draftMsOf(stats);
  const known: (Pick<WaterfallRow, 'kind' | 'stop'> & { pieces: Piece[] })[] = [
    ...(draftMs > 0 ? [{ kind: 'draft' as const, pieces: [['draft', draftMs]] as Piece[] }] : []),
    ...stats.route.map((stop) => ({ kind: 'stage' as const, stop, pieces: piecesOf(stop) })),
    ...(sane(stats.returnHopMs) > 0
      ? [{ kind: 'return' as const, pieces: [['wire', stats.returnHopMs]] as Piece[] }]
      : []),
  ];
  const knownMs = known.reduce((sum, { pieces }) => sum + msOf(pieces), 0);
  if (!(stats.lapMs > 0)) return { wholeMs: 0, rows: [], totals: [] };
  const restMs = draftMs + stats.lapMs - knownMs;
  if (restMs > 0) known.push({ kind: 'rest', pieces: [['rest', restMs]] });
  const wholeMs = Math.max(knownMs, draftMs + stats.lapMs);
  const totals = new Map<PartName, number>();
  let passedMs = 0;
  const rows = known.map(({ kind, stop, pieces }): WaterfallRow => {
    const parts = pieces.map(([name, ms]): WaterfallPart => {
      const part = { name, ms, fromPercent: (100 * passedMs) / wholeMs, percent: (100 * ms) / wholeMs };
      passedMs += ms;
      totals.set(name, (totals.get(name) ?? 0) + ms);
      return part;
    });
    return { kind, ...(stop ? { stop } : {}), ms: msOf(pieces), parts };
  });
  return {
    wholeMs,
    rows,
    totals: PARTS.map((name) => ({ name, ms: totals.get(name) ?? 0 })).filter(({ ms }) => ms > 0),
  };
}

/** Time spent drafting before a lap; 0 where there is nothing to see of it. */
export const draftMsOf = (stats: Pick<AnswerStats, 'draftMs'>): number =>
  sane(stats.draftMs) < LEAST_DRAFT_MS ? 0 : sane(stats.draftMs);

const piecesOf = (stop: RouteStop): Piece[] => [
  ['wire', sane(stop.hopMs)],
  ['queue', sane(stop.queueMs)],
  ['upload', sane(stop.uploadMs)],
  ['compute', sane(stop.computeMs)],
  ['readback', sane(stop.readbackMs)],
];

const msOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, [, ms]) => sum + ms, 0);

/** Other tabs report these: a clock that ran backwards must not shrink the others. */
const sane = (ms: number): number => (Number.isFinite(ms) && ms > 0 ? ms : 0);
