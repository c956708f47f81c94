// What an answer cost, in the currency of its pool. Pure.
import { formatCredits } from '../ledger/format-credits.ts';
import { formatDollars, weiOfPico } from '../payments/amounts.ts';

/** `isMarket`: its micros are pico-dollars. */
export const costText = (micros: number, isMarket: boolean | undefined): string =>
  isMarket ? `${formatDollars(weiOfPico(micros))} USDC` : formatCredits(micros);

export const costField = (micros: number, isMarket: boolean | undefined) =>
  isMarket ? { charged_usdc: formatDollars(weiOfPico(micros)) } : { charged_credits: formatCredits(micros) };
