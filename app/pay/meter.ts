// What a paid session has cost so far and what is left, at any moment: what the chain had when it was read last, and what has streamed
// since at the chain's own pace. Pure.
import type { PaidSession } from './shapes.ts';

export interface Reading {
  session: PaidSession;
  /** `performance.now()` when it was read: this device's clock may be wrong, and does not matter. */
  readMs: number;
}

export interface Meter {
  /** Dollars that operators and treasury have had, or are due by receipts. */
  paid: number;
  /** What answers may cost together. */
  left: number;
  perSecond: number;
  /** Read from the chain, or counted on from there; what is paid at the end is an estimate until then. */
  source: 'chain' | 'estimate';
}

export function meterAt({ session, readMs }: Reading, nowMs: number): Meter {
  const { state, streamed } = session;
  const spend = Number(session.spend_usdc);
  if (state === 'over') {
    const cost = costOf(session);
    const paid = cost === undefined ? Number(session.earned_usdc) : Math.max(0, cost - Number(session.fee_usdc));
    return { paid, left: 0, perSecond: 0, source: cost === undefined ? 'estimate' : 'chain' };
  }
  const earned = Number(session.earned_usdc);
  const perSecond = state === 'streaming' && streamed ? Number(streamed.usdc_per_second) : 0;
  const seconds = streamed ? Math.max(0, session.now - streamed.at + (nowMs - readMs) / 1000) : 0;
  const flowed = streamed ? Math.min(spend, Number(streamed.usdc) + perSecond * seconds) : 0;
  // Receipts are worth more than what has streamed: the rest is paid at the end.
  const isReceipts = earned > flowed;
  const paid = isReceipts ? earned : flowed;
  const isCounted = perSecond > 0 || isReceipts;
  return { paid, left: Math.max(0, spend - paid), perSecond, source: isCounted ? 'estimate' : 'chain' };
}

/** All that a session that is over has cost, the fee included, as the chain says; undefined where it does not say so yet. */
export function costOf({ deposit_usdc, refunded_usdc }: PaidSession): number | undefined {
  return refunded_usdc === null ? undefined : Math.max(0, Number(deposit_usdc) - Number(refunded_usdc));
}

/** Whether questions may be asked with it. */
export const isLive = ({ state }: Pick<PaidSession, 'state'>): boolean =>
  state === 'waiting' || state === 'streaming' || state === 'resting';

/** What answers cannot use and comes back: the deposit carries the stream's buffer itself. Dollars. */
export const asideOf = ({ deposit_usdc, fee_usdc, spend_usdc }: PaidSession): number =>
  Math.max(0, Number(deposit_usdc) - Number(fee_usdc) - Number(spend_usdc));
