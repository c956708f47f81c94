// One session in one epoch: what each seat may be paid for, and which edges contradict. Pure; knows no price and no other
// session.
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import { overlap, type Range } from './cell-ranges.ts';
import type { Dispute, EpochSeats, GapReason } from './settlement-types.ts';

type Seat = EpochSeats['seats'][number];

export interface SessionEvidence {
  epoch: number;
  session: SessionId;
  seats: readonly Seat[];
  /** The driver's word. Undefined: it vanished, and the stages must agree among themselves. */
  driver: Receipt | undefined;
  /** Receipts of these seats' stages, at most one per peer. */
  stages: ReadonlyMap<PeerId, Receipt>;
}

export interface WeighedSession {
  epoch: number;
  session: SessionId;
  /** Positions that may be paid at all: what the driver countersigned, or all stages agree on. */
  due: Range;
  seats: { seat: Seat; paid: Range; why: GapReason | undefined }[];
  disputes: Dispute[];
  /** By the driver. */
  isSigned: boolean;
  /** Not by the driver, but the stages agree. */
  isUncontested: boolean;
}

const NOTHING: Range = { from: 0, to: 0 };

export function weighSession(evidence: SessionEvidence): WeighedSession {
  const { epoch, session, driver } = evidence;
  const seats = [...evidence.seats].sort((a, b) => a.start - b.start);
  const receipts = seats.map(({ peer }) => evidence.stages.get(peer));
  const disputes: Dispute[] = [];
  const isBroken = seats.map(() => false);
  /** Between what leaves `before` and what enters `after`; a seat's index, or undefined for the driver. */
  const compare = (before: number | undefined, after: number | undefined): void => {
    const giver = before === undefined ? driver : receipts[before];
    const taker = after === undefined ? driver : receipts[after];
    // Who shows no receipt contradicts nobody: neighbours of a peer that died are paid for what they did.
    if (!giver || !taker) return;
    const given = before === undefined ? giver.chainIn : giver.chainOut;
    const taken = after === undefined ? taker.chainOut : taker.chainIn;
    const isEven = giver.frames === taker.frames;
    if (isEven && given === taken) return;
    for (const index of [before, after]) if (index !== undefined) isBroken[index] = true;
    const layer = after === undefined ? seats.at(-1)!.end : seats[after]!.start;
    const why = isEven ? 'chain-differs' : 'frames-differ';
    disputes.push({ why, epoch, session, peers: [giver.peer, taker.peer], layer });
  };
  compare(undefined, 0);
  for (let index = 1; index < seats.length; index += 1) compare(index - 1, index);
  compare(seats.length - 1, undefined);

  const isAgreed = receipts.every(Boolean) && disputes.length === 0;
  const all = receipts.filter((receipt) => receipt !== undefined);
  const due = driver ?? all.reduce<Range>(overlap, { from: 0, to: all.length > 0 ? Number.MAX_SAFE_INTEGER : 0 });
  const weighed = seats.map((seat, index) => {
    const receipt = receipts[index];
    if (!receipt) return { seat, paid: NOTHING, why: 'no-receipt' as const };
    if (isBroken[index]) return { seat, paid: NOTHING, why: 'broken-edge' as const };
    if (!driver && !isAgreed) return { seat, paid: NOTHING, why: 'not-agreed' as const };
    if (driver && receipt.to > driver.to) disputes.push({ why: 'claims-more', epoch, session, peers: [seat.peer] });
    const paid = overlap(receipt, due);
    const isWhole = paid.from === due.from && paid.to === due.to;
    return { seat, paid, why: isWhole ? undefined : ('not-covered' as const) };
  });
  const { from, to } = due;
  const isSigned = driver !== undefined;
  return {
    epoch,
    session,
    due: { from, to },
    seats: weighed,
    disputes,
    isSigned,
    isUncontested: !isSigned && isAgreed,
  };
}
