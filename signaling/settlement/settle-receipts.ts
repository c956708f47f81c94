// What a job's receipts are worth: who is paid what, what nobody is paid for, and where they contradict. Pure: no clock, no
// order of arrival, no database. Counts ranges, never single cells.

import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { overlap, type Range } from './cell-ranges.ts';
import { addCover, emptyLevels, type Levels, missingIn, takeCover } from './cover-depth.ts';
import type { Gap, SettlementInput, SettlementPlan } from './settlement-types.ts';
import { sortReceipts } from './sort-receipts.ts';
import { splitAmount } from './split-amount.ts';
import { type WeighedSession, weighSession } from './weigh-session.ts';

export type { SettlementInput, SettlementPlan } from './settlement-types.ts';

/** Layers that no seat of any epoch divides, and how often their positions are due and paid. */
interface Band {
  layers: Range;
  due: Levels;
  paid: Levels;
}

/** Cells of one peer, by what they cost. */
interface Work {
  promptCells: number;
  completionCells: number;
}

/**
 * A cell is one layer at one position. It is paid as often as there are choices, to the first epochs whose stages show a
 * sound receipt for it, and only if the driver countersigned the position (or vanished, and all stages of that epoch
 * agree). Sessions get a new id on every route, so that covers are counted and not sessions: a replay is not paid again.
 * Positions before `promptTokens` cost `promptMicros`, later ones `completionMicros`, each divided over the layers.
 *
 * Throws `internal` when that exceeds the hold: then the hold, or what a position may be, was computed wrongly.
 */
export function settleReceipts(input: SettlementInput): SettlementPlan {
  const { sessions, disputes } = sortReceipts(input);
  const weighed = sessions.map(weighSession);
  disputes.push(...weighed.flatMap((session) => session.disputes));
  boundUnsigned(weighed);
  const bands = bandsOf(input);
  const works = new Map<PeerId, Work>();
  const floor = floorOf(weighed);
  for (const session of weighed) {
    session.due = overlap(session.due, floor);
    addDue(session, bands);
    addWork(session, bands, input.job.promptTokens, works);
  }
  const payments = payFor(works, input.price, input.layers);
  const chargedMicros = payments.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  if (chargedMicros > input.holdMicros) {
    throw new PoolError('internal', 'The receipts come to more than is held for the job.', {
      data: { chargedMicros, heldMicros: input.holdMicros, job: input.job.id },
    });
  }
  const gaps = gapsOf(weighed, bands);
  const isAnyDue = weighed.some(({ due }) => due.from < due.to);
  const refundedReason = gaps.length > 0 ? 'gaps' : isAnyDue ? undefined : 'no-receipts';
  const uncontested = weighed
    .filter(({ isUncontested }) => isUncontested)
    .map(({ epoch, session }) => ({ epoch, session }));
  return { payments, chargedMicros, ...(refundedReason ? { refundedReason } : {}), gaps, disputes, uncontested };
}

/** A later driver replayed all that the vanished one had told: stages of its epoch cannot say that it came further. */
function boundUnsigned(sessions: readonly WeighedSession[]): void {
  const signed = sessions.filter(({ isSigned }) => isSigned);
  if (signed.length === 0) return;
  const to = Math.max(...signed.map(({ due }) => due.to));
  for (const session of sessions) if (!session.isSigned) session.due.to = Math.min(session.due.to, to);
}

/** Positions before the job's own first one were computed, and paid, for an earlier turn: a replay of them is not paid. */
function floorOf(sessions: readonly WeighedSession[]): Range {
  const isDue = ({ due }: WeighedSession): boolean => due.from < due.to;
  const first = sessions.find((session) => isDue(session) && (session.isSigned || session.isUncontested));
  const ofEpoch = sessions.filter((session) => isDue(session) && session.epoch === first?.epoch);
  const from = first ? Math.min(...ofEpoch.map(({ due }) => due.from)) : 0;
  return { from, to: Number.MAX_SAFE_INTEGER };
}

function bandsOf({ epochs, layers, job: { choices } }: SettlementInput): Band[] {
  const cuts = new Set([0, layers]);
  for (const { start, end } of epochs.flatMap(({ seats }) => seats)) {
    if (!(start >= 0 && start < end && end <= layers)) {
      throw new PoolError('internal', `A seat has layers ${start} to ${end} of a model of ${layers}.`);
    }
    cuts.add(start).add(end);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).map((to, index) => ({
    layers: { from: sorted[index]!, to },
    due: emptyLevels(choices),
    paid: emptyLevels(choices),
  }));
}

const bandsWithin = (bands: readonly Band[], { start, end }: { start: number; end: number }): Band[] =>
  bands.filter(({ layers }) => layers.from >= start && layers.to <= end);

function addDue({ due, seats }: WeighedSession, bands: readonly Band[]): void {
  if (due.from >= due.to) return;
  for (const { seat } of seats) for (const band of bandsWithin(bands, seat)) addCover(band.due, due);
}

function addWork(session: WeighedSession, bands: readonly Band[], promptEnd: number, works: Map<PeerId, Work>): void {
  for (const { seat, paid } of session.seats) {
    const range = overlap(paid, session.due);
    if (range.from >= range.to) continue;
    const work = works.get(seat.peer) ?? { promptCells: 0, completionCells: 0 };
    works.set(seat.peer, work);
    for (const band of bandsWithin(bands, seat)) {
      const layers = band.layers.to - band.layers.from;
      for (const { from, to } of addCover(band.paid, range)) {
        const prompt = Math.max(0, Math.min(to, promptEnd) - from);
        work.promptCells += prompt * layers;
        work.completionCells += (to - from - prompt) * layers;
      }
    }
  }
}

function payFor(works: ReadonlyMap<PeerId, Work>, price: Price, layers: number): SettlementPlan['payments'] {
  const shares = [...works].map(([to, { promptCells, completionCells }]) => ({
    to,
    weight: BigInt(promptCells) * BigInt(price.promptMicros) + BigInt(completionCells) * BigInt(price.completionMicros),
  }));
  const amounts = splitAmount(shares, BigInt(layers));
  return [...works]
    .map(([peer, { promptCells, completionCells }]) => ({
      peer,
      amountMicros: amounts.get(peer)!,
      cells: promptCells + completionCells,
    }))
    .filter(({ cells }) => cells > 0)
    .sort((a, b) => (a.peer < b.peer ? -1 : 1));
}

/** What is due and was shown in no epoch. Each missing cell is told once, where it was missing first. */
function gapsOf(sessions: readonly WeighedSession[], bands: readonly Band[]): Gap[] {
  const missing = new Map(bands.map((band) => [band, missingIn(band.due, band.paid)]));
  return sessions.flatMap(({ epoch, session, due, seats }) =>
    seats.flatMap(({ seat, why }) => {
      if (!why || due.from >= due.to) return [];
      return bandsWithin(bands, seat).flatMap((band) => {
        const { from: start, to: end } = band.layers;
        return takeCover(missing.get(band)!, due).map(
          ({ from, to }): Gap => ({ epoch, session, start, end, from, to, why }),
        );
      });
    }),
  );
}

/** Cells (layer, position) in gaps: for metrics. */
export const countGapCells = (gaps: readonly Gap[]): number =>
  gaps.reduce((sum, { start, end, from, to }) => sum + (end - start) * (to - from), 0);
