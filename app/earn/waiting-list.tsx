// What waits for the addresses of one's tabs: at the pool until it is claimed, or with the address as USDCx until it is unwrapped.
import { useState } from 'react';
import { ChainLink } from '../pay/chain-link.tsx';
import { PayFault } from '../pay/pay-fault.ts';
import { PayFaultCard } from '../pay/pay-fault-card.tsx';
import { formatUsdc } from '../pay/pay-figures.ts';
import { useRemote } from '../state/use-remote.ts';
import { earnText } from '../text/english/earn.ts';
import { LoadingLine } from '../ui/loading-line.tsx';
import { readEarnings } from './call-market.ts';
import type { FetchWish } from './fetch-earned.ts';
import type { Earning, Market } from './shapes.ts';

const EVERY_MS = 5_000;

export function WaitingList({ markets }: { markets: readonly Market[] }) {
  const earnings = useRemote(readEarnings, EVERY_MS);
  const [wish, setWish] = useState<FetchWish>();
  const [fault, setFault] = useState<PayFault>();
  const [isDone, setDone] = useState(false);
  const { waiting } = earnText;
  const act = async (next: FetchWish): Promise<void> => {
    setFault(undefined);
    setDone(false);
    setWish(next);
    try {
      const { fetchEarned } = await import('./fetch-earned.ts');
      await fetchEarned(next);
      setWish(undefined);
      setDone(true);
    } catch (thrown) {
      setFault(thrown instanceof PayFault ? thrown : new PayFault('refused', { said: String(thrown) }));
    }
    earnings.reload();
  };
  const rows = earnings.value ?? [];
  if (rows.length === 0) return null;
  const isBusy = wish !== undefined && !fault;
  return (
    <section aria-label={waiting.title} className="text-sm" data-testid="waiting-usdc">
      <h3 className="font-medium text-base">{waiting.title}</h3>
      <p className="max-w-prose text-muted">{waiting.intro}</p>
      <ul className="mt-2 space-y-3">
        {rows.map((row) => (
          <Waiting
            key={`${row.pool} ${row.address}`}
            row={row}
            market={markets.find(({ pool }) => pool === row.pool)}
            isBusy={isBusy}
            onFetch={(next) => void act(next)}
          />
        ))}
      </ul>
      {isBusy && <LoadingLine>{waiting.working}</LoadingLine>}
      {isDone && <p role="status">{waiting.done}</p>}
      {fault && wish && <PayFaultCard fault={fault} onAgain={() => void act(wish)} />}
      <p className="mt-2 max-w-prose text-muted">
        {waiting.gas} {waiting.slots}
      </p>
    </section>
  );
}

interface Props {
  row: Earning;
  market: Market | undefined;
  isBusy: boolean;
  onFetch(wish: FetchWish): void;
}

function Waiting({ row, market, isBusy, onFetch }: Props) {
  const { waiting } = earnText;
  const wrappedWei = weiOf(row.wrapped_usdc);
  const base = market && { chainId: market.chain_id, address: row.address };
  return (
    <li data-testid="waiting-row" data-claimable={row.claimable_usdc} data-wrapped={row.wrapped_usdc}>
      <p>{market && <ChainLink chainId={market.chain_id} kind="address" value={row.address} isWhole />}</p>
      <p className="flex flex-wrap items-center gap-x-3">
        <span>
          {waiting.claimable}: <span className="font-mono">{formatUsdc(row.claimable_usdc)}</span>
        </span>
        <button
          type="button"
          className="button button-small"
          disabled={isBusy || !base || Number(row.claimable_usdc) === 0}
          onClick={() => base && onFetch({ ...base, to: market.gda_pool })}
        >
          {waiting.claim}
        </button>
      </p>
      <p className="flex flex-wrap items-center gap-x-3">
        <span>
          {waiting.wrapped}: <span className="font-mono">{formatUsdc(row.wrapped_usdc)}</span>
        </span>
        <button
          type="button"
          className="button button-small"
          disabled={isBusy || !base || wrappedWei === 0n}
          onClick={() => base && onFetch({ ...base, to: market.usdcx, unwrapWei: wrappedWei })}
        >
          {waiting.unwrap}
        </button>
      </p>
    </li>
  );
}

/** Whole millionths: less than one cannot be USDC. */
function weiOf(dollars: string): bigint {
  const [whole = '0', part = ''] = dollars.split('.');
  return (BigInt(whole) * 1_000_000n + BigInt(part.slice(0, 6).padEnd(6, '0'))) * 10n ** 12n;
}
