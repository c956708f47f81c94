// Puts receipts where they belong, by epoch and seat, and turns away what belongs nowhere. What is turned away takes nothing
// from anybody else. Pure.
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import type { Dispute, DisputeReason, EpochSeats, SettlementInput } from './settlement-types.ts';

/** What one seat shows: one receipt per session. */
export type Shown = ReadonlyMap<SessionId, Receipt>;

export interface PlacedEpoch {
  used: EpochSeats;
  /** In the order of layers. */
  seats: EpochSeats['seats'];
  shown: ReadonlyMap<PeerId, Shown>;
}

/** In order of use; an epoch that is named twice counts once. */
export function placeReceipts(input: SettlementInput): { epochs: PlacedEpoch[]; disputes: Dispute[] } {
  const disputes: Dispute[] = [];
  const shown = new Map<number, Map<PeerId, Map<SessionId, Receipt>>>();
  for (const receipt of input.receipts) {
    const why = whyMisplaced(receipt, input) ?? take(receipt, shown);
    const { epoch, session, peer } = receipt;
    if (why) disputes.push({ why, epoch, session, peers: [peer] });
  }
  const first = new Map<number, EpochSeats>();
  for (const used of input.epochs) if (!first.has(used.epoch)) first.set(used.epoch, used);
  const epochs = [...first.values()].map((used) => ({
    used,
    seats: [...used.seats].sort((a, b) => a.start - b.start),
    shown: shown.get(used.epoch) ?? new Map<PeerId, Shown>(),
  }));
  return { epochs, disputes };
}

function whyMisplaced(receipt: Receipt, { job, epochs }: SettlementInput): DisputeReason | undefined {
  const { epoch, peer, start, end, from, lastFrom, to } = receipt;
  const seat = epochs.find((used) => used.epoch === epoch)?.seats.find((each) => each.peer === peer);
  const isOfJob = receipt.job === job.id && receipt.nonce === job.nonce && receipt.pool === job.pool;
  if (!isOfJob || seat?.start !== start || seat.end !== end) return 'misplaced';
  const isRange = [from, lastFrom, to].every(Number.isSafeInteger) && from >= 0 && from <= to && lastFrom <= to;
  return isRange ? undefined : 'out-of-range';
}

/** The receipt that covers more stays, where a peer shows two for a session: an earlier one, shown again, takes nothing away. */
function take(receipt: Receipt, shown: Map<number, Map<PeerId, Map<SessionId, Receipt>>>): DisputeReason | undefined {
  const { epoch, peer, session } = receipt;
  const ofEpoch = shown.get(epoch) ?? new Map<PeerId, Map<SessionId, Receipt>>();
  shown.set(epoch, ofEpoch);
  const ofPeer = ofEpoch.get(peer) ?? new Map<SessionId, Receipt>();
  ofEpoch.set(peer, ofPeer);
  const before = ofPeer.get(session);
  if (!before || lengthOf(receipt) > lengthOf(before)) ofPeer.set(session, receipt);
  if (!before) return undefined;
  return before.frames === receipt.frames && !saysTheSame(before, receipt) ? 'contradicts-itself' : 'repeated';
}

const lengthOf = ({ from, to }: Receipt): number => to - from;

/** Times are for people: two receipts for the same frames may differ in them. */
const saysTheSame = (a: Receipt, b: Receipt): boolean =>
  a.from === b.from && a.to === b.to && a.chainIn === b.chainIn && a.chainOut === b.chainOut;
