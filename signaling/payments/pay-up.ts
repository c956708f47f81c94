// What receipts are worth beyond what has streamed goes to those who signed them, whatever units are at that moment.
import type { Hex } from 'viem';
import type { MarketSeats } from './market-seats.ts';
import { type PaidSession, worthNow } from './paid-session.ts';
import { dueOf, fits, splitUnits } from './split.ts';

/** A millionth of a dollar: nearer than that, the pool's own units pay. */
export const WITHIN_WEI = 10n ** 12n;
/** Up to so many, paying each by itself takes less gas than a distribution. */
const FEW = 7;

export interface PayUpTools {
  seats: MarketSeats;
  send(step: string, functionName: string, args: readonly unknown[]): Promise<Hex>;
  /** The orchestrator's signature of the session's quote. */
  signed(): Promise<Hex>;
}

/**
 * Within the market pool's turn, with the session as the chain has it. `tick`: it goes on. `close`: it ends. `settle`: it was never
 * opened, and ends. Seats of the pool are paid in one transfer; where receipts say otherwise, each operator by itself.
 */
export async function payUp(session: PaidSession, how: 'tick' | 'close' | 'settle', tools: PayUpTools): Promise<void> {
  const { quote, payer, targets, had, hadOfWei } = session;
  const { seats, send } = tools;
  const worth = worthNow(session);
  const due = dueOf(targets, had);
  const { operatorUnits } = seats;
  const isMore = worth > hadOfWei && due.size > 0;
  const isFew = how === 'settle' && due.size <= FEW;
  const isSplit = isMore && (isFew || !fits(seats.units, due, { operatorUnits, withinWei: WITHIN_WEI }));
  const shares = [...splitUnits(due, operatorUnits)].map(([member, units]) => ({ member, units: BigInt(units) }));
  const named = how === 'settle' ? [quote, payer, await tools.signed(), worth] : [quote, worth];
  await (isSplit ? send(how, `${how}Split`, [...named, shares]) : send(how, how, named));
  // The chain says how much was paid, and this whom: units say it where they paid.
  if (!isSplit || how !== 'tick') return;
  const sum = [...due.values()].reduce((all, each) => all + each, 0n);
  const paid = worth - hadOfWei;
  for (const [address, amount] of due) had.set(address, (had.get(address) ?? 0n) + (amount * paid) / sum);
  session.hadOfWei = worth;
}
