// The end of a paid session's money: each operator has what its receipts are worth, whatever units are at that moment.
import type { Address, Hex } from 'viem';
import type { MarketSeats } from './market-seats.ts';
import { type PaidSession, worthNow } from './paid-session.ts';
import { dueOf, fits, splitUnits } from './split.ts';

/** A millionth of a dollar: nearer than that, units stay as they are. */
const WITHIN_WEI = 10n ** 12n;

export interface PayUpTools {
  seats: MarketSeats;
  send(step: string, functionName: string, args: readonly unknown[]): Promise<Hex>;
  /** Reads what was paid, under the units as they are. */
  sync(): Promise<void>;
  /** The orchestrator's signature of the session's quote. */
  signed(): Promise<Hex>;
  /** Units of those who work now. */
  restore(): Promise<void>;
}

/** Within the market pool's turn. `settle`: it was never opened. */
export async function payUp(session: PaidSession, how: 'close' | 'settle', tools: PayUpTools): Promise<void> {
  const { seats, send, sync, restore } = tools;
  await seats.inTurn(async () => {
    await sync();
    const { quote, payer, chain } = session;
    if (chain.state === 'closed') return;
    const worth = worthNow(session);
    const due = dueOf(session.targets, session.had);
    const sum = [...due.values()].reduce((all, each) => all + each, 0n);
    const isMore = worth > session.hadOfWei && sum > 0n;
    const { operatorUnits } = seats;
    if (isMore && !fits(seats.units, due, { operatorUnits, withinWei: WITHIN_WEI })) {
      await seats.setTo(splitUnits(due, operatorUnits));
    }
    const end = async (): Promise<Address | Hex> =>
      how === 'settle'
        ? send('settle', 'settle', [quote, payer, await tools.signed(), worth])
        : send('close', 'close', [quote, worth]);
    await end();
    await sync();
    await restore();
  });
}
