// What is to be done next with a paid session, from what is known of it now: it is asked again after each step, after each event and
// after each restart, so that it does not matter how it came to where it is. Pure.
import { weiOfPico } from './amounts.ts';
import { leftOf, type PaidSession, worthNow } from './paid-session.ts';

export type Decision =
  | { do: 'open' }
  | { do: 'rate'; rateWei: bigint }
  /** What receipts of an open one are worth beyond the stream is paid now, and it goes on. */
  | { do: 'tick' }
  /** Ends an open one: what receipts are worth is paid, the rest goes back. */
  | { do: 'close' }
  /** The same for one that was never opened. */
  | { do: 'settle' }
  /** Nothing came of it, and that is not its payer's doing: all of it goes back. */
  | { do: 'reclaim' }
  /** Answers that run would be paid by nobody. */
  | { do: 'stop-jobs' }
  | { do: 'wait'; why: string }
  | { do: 'nothing' };

export interface DecideOptions {
  now: number;
  /** What answers that run are worth so far, in wei, as their witnesses saw it. */
  runningWei: bigint;
  /** Seconds between blocks: what is sent now counts later. */
  blockSeconds: number;
  /** Those who answer it have the market pool's seats: a stream would pay them and nobody else. */
  hasSeats: boolean;
  /** Something is due to somebody who has no seat. */
  owesOutsiders: boolean;
}

/** The flow stops when it is so far ahead of the work. */
export const AHEAD_SECONDS = 5n;
/**
 * A stream that has rested so often begins again as soon as the work has caught up; after that work has to be ahead of it first, by twice
 * as much each time. What stops and goes costs gas each time, and whoever is slow, or asks for little at a time, would spend it.
 */
const FREE_RESTS = 2;
/** Nobody has asked for anything for so long. */
const IDLE_SECONDS = 15 * 60;
/** A payment whose one answer never began. */
const UNUSED_SECONDS = 120;
/** Answers end, receipts come in and a transaction is mined in this time. */
const MARGIN_SECONDS = 30;

export function decideStep(session: PaidSession, options: DecideOptions): Decision {
  const { state, chain, jobs } = session;
  if (state === 'over') return { do: 'nothing' };
  if (state === 'paying') return { do: 'wait', why: 'its payment' };
  const isLive = jobs.size > 0;
  if (isLive && session.endAskedAt !== undefined) return { do: 'stop-jobs' };
  switch (chain.state) {
    case 'closed':
      return isLive ? { do: 'stop-jobs' } : { do: 'nothing' };
    case 'stopped':
      return isLive ? { do: 'stop-jobs' } : decideStopped(session, options);
    case 'open':
      return decideOpen(session, options);
    case 'none':
      return decideUnopened(session, options);
  }
}

/** The seconds in which receipts may come in still count: an answer that came fast is worth its receipts then. */
function decideStopped(session: PaidSession, options: DecideOptions): Decision {
  const isDue = options.now >= session.chain.closeAfter - marginOf(options);
  if (isDue || worthNow(session, options.now) >= session.worthWei) return { do: 'close' };
  return { do: 'wait', why: 'the time that its receipts are bounded by' };
}

function decideUnopened(session: PaidSession, options: DecideOptions): Decision {
  const { jobs, quote, mode, worthWei } = session;
  const isDue = options.now >= quote.openBefore - marginOf(options);
  if (jobs.size > 0) {
    if (isDue) return { do: 'stop-jobs' };
    if (mode === 'stream' && hasRunning(session) && options.hasSeats && !options.owesOutsiders) return { do: 'open' };
    return { do: 'wait', why: 'its answers' };
  }
  if (!isDue && !isEnding(session, options)) return { do: 'wait', why: 'a question' };
  // What was paid for and never asked for has cost gas all the same: its payer has seen the fee.
  const isFree = session.isFailed || (session.kind === 'answer' && !session.hadJobs);
  return (worthWei > 0n || !isFree) && options.now <= quote.openBefore ? { do: 'settle' } : { do: 'reclaim' };
}

function decideOpen(session: PaidSession, options: DecideOptions): Decision {
  const { jobs, quote, chain, mode } = session;
  if (options.now >= chain.paidUntil - marginOf(options)) return jobs.size > 0 ? { do: 'stop-jobs' } : { do: 'close' };
  if (jobs.size === 0 && isEnding(session, options)) {
    if (worthNow(session, options.now) >= session.worthWei) return { do: 'close' };
    // An answer that came faster than receipts may be worth by then: it costs nothing to wait until they may.
    if (chain.rateWei > 0n) return { do: 'rate', rateWei: 0n };
    return { do: 'wait', why: 'the time that its receipts are bounded by' };
  }
  if (mode === 'ticks') return { do: 'wait', why: 'its end' };
  const aheadWei = aheadOf(session, options);
  if (chain.rateWei > 0n) {
    const rests = isTooFarAhead(session, options) || !options.hasSeats || options.owesOutsiders;
    return rests ? { do: 'rate', rateWei: 0n } : { do: 'wait', why: 'it streams' };
  }
  if (!hasRunning(session) || !options.hasSeats) return { do: 'wait', why: 'its stream rests' };
  if (options.owesOutsiders) {
    // Where more has streamed than all receipts are worth, more work comes first: there is nothing to pay them out of.
    const isPayable = session.worthWei > session.hadOfWei && worthNow(session, options.now) >= session.worthWei;
    return isPayable ? { do: 'tick' } : { do: 'wait', why: 'work, or the time, that pays what others are due' };
  }
  return aheadWei <= -behindToBegin(session)
    ? { do: 'rate', rateWei: quote.rate }
    : { do: 'wait', why: 'its stream rests' };
}

/** It streams, and has to stop, whatever else is to be done with it. */
export function isTooFarAhead(session: PaidSession, options: DecideOptions): boolean {
  const { state, rateWei } = session.chain;
  return state === 'open' && rateWei > 0n && aheadOf(session, options) > AHEAD_SECONDS * rateWei;
}

/** So much work has to be ahead of a stream that has rested, for it to begin again. */
function behindToBegin({ rests, quote }: PaidSession): bigint {
  return rests <= FREE_RESTS ? 0n : (AHEAD_SECONDS * quote.rate) << BigInt(rests - FREE_RESTS - 1);
}

/** So much has streamed that no work is known for; below 0: so much work has not been streamed for. */
export function aheadOf({ chain, worthWei }: PaidSession, { now, runningWei }: DecideOptions): bigint {
  const seconds = BigInt(Math.max(0, now - chain.since));
  return chain.paidWei + chain.rateWei * seconds - worthWei - runningWei;
}

/** Nothing more is to be paid for with it. */
function isEnding(session: PaidSession, { now }: DecideOptions): boolean {
  const { kind, hadJobs, endAskedAt, usedAt, price } = session;
  if (endAskedAt !== undefined || leftOf(session) < weiOfPico(price.completionMicros)) return true;
  if (kind === 'answer') return hadJobs || now - usedAt > UNUSED_SECONDS;
  return now - usedAt > IDLE_SECONDS;
}

const hasRunning = ({ jobs }: PaidSession): boolean => [...jobs.values()].some(({ hasBegun }) => hasBegun);

const marginOf = ({ blockSeconds }: DecideOptions): number => MARGIN_SECONDS + 4 * blockSeconds;
