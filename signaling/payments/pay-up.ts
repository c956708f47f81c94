// What receipts are worth beyond what has streamed goes to those who signed them, whatever units are at that moment.
import type { Hex } from 'viem';
import type { MinedCall } from '../chain/chain-call.ts';
import type { MarketSeats } from './market-seats.ts';
import { type PaidSession, worthNow } from './paid-session.ts';
import { dueOf, fits, splitUnits } from './split.ts';
import type { TransitionName } from './step-workflows.ts';

/** A millionth of a dollar: nearer than that, the pool's own units pay. */
export const WITHIN_WEI = 10n ** 12n;
/** Up to so many, paying each by itself takes less gas than a distribution. */
const FEW = 7;

/** It has its place in the order of all transactions, and the chain has it or has not. */
export interface Sent {
  mined: Promise<MinedCall>;
}

export interface PayUpTools {
  seats: MarketSeats;
  begin(step: string, functionName: TransitionName, args: readonly unknown[]): Promise<Sent>;
  /** The orchestrator's signature of the session's quote. */
  signed(): Promise<Hex>;
  /** Somebody else moves the pool's seats: nothing is paid by them. */
  isPoolOthers: boolean;
}

/**
 * Within the market pool's turn, with the session as the chain has it. `tick`: it goes on. `close`: it ends. `settle`: it was never
 * opened, and ends. Seats of the pool are paid in one transfer; where receipts say otherwise, each operator by itself.
 */
export async function payUp(session: PaidSession, how: 'tick' | 'close' | 'settle', tools: PayUpTools): Promise<Sent> {
  const { quote, payer, targets, had, hadOfWei } = session;
  const { seats, begin } = tools;
  const worth = worthNow(session);
  const due = dueOf(targets, had);
  const { operatorUnits } = seats;
  const isMore = worth > hadOfWei && due.size > 0;
  const isFew = how === 'settle' && due.size <= FEW;
  const isSplit =
    isMore && (isFew || tools.isPoolOthers || !fits(seats.units, due, { operatorUnits, withinWei: WITHIN_WEI }));
  const shares = [...splitUnits(due, operatorUnits)].map(([member, units]) => ({ member, units: BigInt(units) }));
  const named = how === 'settle' ? [quote, payer, await tools.signed(), worth] : [quote, worth];
  return isSplit ? begin(how, `${how}Split`, [...named, shares]) : begin(how, how, named);
}
