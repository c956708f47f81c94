// What a person who has just started a server with a chain wants to know next.
import type { PoolPolicy } from '../pools/pool-types.ts';
import { formatDollars, weiOfPico } from './amounts.ts';

const A_MILLION = 1_000_000;

/** A line for each market pool. `origin` without a slash at its end. */
export const describeMarkets = (pools: readonly PoolPolicy[], origin: string): string[] =>
  pools
    .filter(({ policy, price }) => policy === 'market' && price !== undefined)
    .map(({ id, price }) => {
      const dollars = formatDollars(weiOfPico(price!.completionMicros * A_MILLION));
      const page = `${origin}/pools?pool=${encodeURIComponent(id)}`;
      return `Market pool ${id}: ${dollars} USDC for a million tokens of an answer. Lend to it: ${page}; pay for it: docs/PAYMENTS.md, or see npm run demo:paid.`;
    });
