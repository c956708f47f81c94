// What a market pool asks, on which chain it is paid, and who gets it.
import { CHAINS } from '../../protocol/chains.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { TOTAL_UNITS } from '../../protocol/http/pool.ts';
import { formatMarketPrice } from '../format/format-dollars.ts';
import { poolsText } from '../text/english/pools.ts';
import { fill } from '../text/fill.ts';

export function MarketLine({ pool: { market, price } }: { pool: Pick<PoolInfo, 'market' | 'price'> }) {
  if (!market) return null;
  const chain = CHAINS.find(({ id }) => id === market.chainId);
  const treasury = (100 * market.treasuryUnits) / TOTAL_UNITS;
  const text = poolsText.market;
  const contract = chain?.explorerUrl ? (
    <a href={`${chain.explorerUrl}/address/${market.contract}`} className="link" target="_blank" rel="noreferrer">
      {text.contract}
    </a>
  ) : (
    <span data-words="program" className="break-all font-mono">
      {market.contract}
    </span>
  );
  return (
    <p className="mt-1 text-sm" data-testid="market-line">
      {fill(price ? text.lineWithPrice : text.line, {
        ...{ contract, treasury, serving: 100 - treasury },
        price: price && formatMarketPrice(price),
        chain: chain?.name ?? text.chain(market.chainId),
      })}
    </p>
  );
}
