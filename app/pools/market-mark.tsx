// Marks a pool whose work is paid in USDC.
import { poolsText } from '../text/english/pools.ts';

export function MarketMark() {
  return (
    <span className="inline-block rounded-sm border border-accent px-1.5 font-medium text-accent text-xs leading-5 tracking-normal">
      {poolsText.list.market}
    </span>
  );
}
