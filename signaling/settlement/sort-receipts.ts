// Puts receipts where they belong, by epoch and session, and turns away those that belong nowhere. Pure.
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import type { Dispute, EpochSeats, SettlementInput } from './settlement-types.ts';
import type { SessionEvidence } from './weigh-session.ts';

/** In order of epochs, and within one in the order in which drivers, then stages, name sessions first. */
export function sortReceipts(input: SettlementInput): { sessions: SessionEvidence[]; disputes: Dispute[] } {
  const disputes: Dispute[] = [];
  const misplaced = ({ epoch, session, peer }: Receipt): void => {
    disputes.push({ why: 'misplaced', epoch, session, peers: [peer] });
  };
  const known = new Set(input.epochs.map(({ epoch }) => epoch));
  const driver = input.driver.filter((receipt) => {
    const { role, epoch, start, end, from, to } = receipt;
    const isSound = role === 'driver' && start === 0 && end === input.layers && from <= to;
    if (isSound && isOfJob(receipt, input.job) && known.has(epoch)) return true;
    misplaced(receipt);
    return false;
  });
  const stages = input.receipts.filter((receipt) => {
    const seat = seatOf(input.epochs, receipt);
    const fits = seat?.start === receipt.start && seat.end === receipt.end && receipt.from <= receipt.to;
    if (receipt.role === 'stage' && fits && isOfJob(receipt, input.job)) return true;
    misplaced(receipt);
    return false;
  });
  const sessions = input.epochs.flatMap((used) => sessionsOf(used, driver, stages, disputes));
  return { sessions, disputes };
}

function sessionsOf(
  { epoch, seats }: EpochSeats,
  drivers: readonly Receipt[],
  stages: readonly Receipt[],
  disputes: Dispute[],
): SessionEvidence[] {
  const signed = new Map<SessionId, Receipt>();
  // The driver's last word counts: it may only have gone on since the one before.
  for (const receipt of drivers) {
    const before = signed.get(receipt.session);
    if (receipt.epoch === epoch && (!before || before.frames <= receipt.frames)) signed.set(receipt.session, receipt);
  }
  const shown = new Map<SessionId, Receipt[]>();
  for (const receipt of stages) {
    if (receipt.epoch === epoch) shown.set(receipt.session, [...(shown.get(receipt.session) ?? []), receipt]);
  }
  const sessions = [...new Set([...signed.keys(), ...shown.keys()])];
  return sessions.flatMap((session) => {
    const driver = signed.get(session);
    const own = shown.get(session) ?? [];
    // A driver that signed here was here to the end: what it does not name is nobody's but the stages' own word.
    if (!driver && signed.size > 0) {
      disputes.push({ why: 'not-countersigned', epoch, session, peers: [...new Set(own.map(({ peer }) => peer))] });
      return [];
    }
    return [{ epoch, session, seats, driver, stages: onePerPeer(own, driver?.frames, disputes) }];
  });
}

/** Keeps one receipt per peer: the one at the driver's frames, else that of most frames. */
function onePerPeer(
  receipts: readonly Receipt[],
  frames: number | undefined,
  disputes: Dispute[],
): Map<PeerId, Receipt> {
  const chosen = new Map<PeerId, Receipt>();
  const liars = new Set<PeerId>();
  const rank = (receipt: Receipt): number => (receipt.frames === frames ? Number.POSITIVE_INFINITY : receipt.frames);
  for (const receipt of receipts) {
    const before = chosen.get(receipt.peer);
    if (before?.frames === receipt.frames && !saysTheSame(before, receipt) && !liars.has(receipt.peer)) {
      const { epoch, session, peer } = receipt;
      disputes.push({ why: 'contradicts-itself', epoch, session, peers: [peer] });
      liars.add(peer);
    }
    if (!before || rank(receipt) > rank(before)) chosen.set(receipt.peer, receipt);
  }
  for (const peer of liars) chosen.delete(peer);
  return chosen;
}

/** Times are for people: two receipts for the same frames may differ in them. */
const saysTheSame = (a: Receipt, b: Receipt): boolean =>
  a.from === b.from && a.to === b.to && a.chainIn === b.chainIn && a.chainOut === b.chainOut;

const isOfJob = (receipt: Receipt, job: SettlementInput['job']): boolean =>
  receipt.job === job.id && receipt.nonce === job.nonce && receipt.pool === job.pool;

/** The seat that this peer had in the epoch of its receipt: a coalition gives a peer one. */
const seatOf = (epochs: readonly EpochSeats[], { epoch, peer }: Receipt) =>
  epochs.find((used) => used.epoch === epoch)?.seats.find((seat) => seat.peer === peer);
