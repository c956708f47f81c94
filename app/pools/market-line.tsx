// What a market pool asks, on which chain it is paid, and who gets it.
import { CHAINS } from '../../protocol/chains.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { TOTAL_UNITS } from '../../protocol/http/pool.ts';
import { formatMarketPrice } from '../format/format-dollars.ts';

export function MarketLine({ pool: { market, price } }: { pool: Pick<PoolInfo, 'market' | 'price'> }) {
  if (!market) return null;
  const chain = CHAINS.find(({ id }) => id === market.chainId);
  const treasuryPercent = (100 * market.treasuryUnits) / TOTAL_UNITS;
  return (
    <p className="mt-1 text-sm" data-testid="market-line">
      {price && `${formatMarketPrice(price)}, in USDC `}
      {!price && 'Paid in USDC '}
      on {chain?.name ?? `chain ${market.chainId}`} by{' '}
      {chain?.explorerUrl ? (
        <a href={`${chain.explorerUrl}/address/${market.contract}`} className="link" target="_blank" rel="noreferrer">
          its contract
        </a>
      ) : (
        <span className="break-all font-mono">{market.contract}</span>
      )}
      : {100 - treasuryPercent} % to the tabs that serve, {treasuryPercent} % to the treasury.
    </p>
  );
}
