// How a paid session came to its end, as the chain has it: paid in is what answers cost, the fee, and what went back.
import { payText } from '../text/english/pay.ts';
import { ChainLink } from './chain-link.tsx';
import { costOf } from './meter.ts';
import { formatUsdc } from './pay-figures.ts';
import type { PaidSession } from './shapes.ts';

export function SessionEnd({ session, onAgain }: { session: PaidSession; onAgain(): void }) {
  const { receipt } = payText;
  const cost = costOf(session);
  // Where nothing was earned the fee went back as well.
  const fee = cost === undefined ? undefined : Math.min(cost, Number(session.fee_usdc));
  const rows: [string, string | undefined][] = [
    [receipt.paidIn, session.deposit_usdc],
    [receipt.toOperators, cost === undefined ? undefined : String(cost - fee!)],
    [receipt.fee, fee === undefined ? undefined : String(fee)],
    [receipt.back, session.refunded_usdc ?? undefined],
  ];
  return (
    <div className="mt-2" data-testid="pay-receipt" data-cost={cost} data-refunded={session.refunded_usdc}>
      <h3 className="font-medium">{receipt.title}</h3>
      <dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-4 gap-y-0.5">
        {rows.map(([name, amount]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd className="text-right font-mono">{amount === undefined ? receipt.notYet : formatUsdc(amount)}</dd>
          </div>
        ))}
      </dl>
      {session.refund_transaction !== null && (
        <p className="mt-1 text-muted">
          {receipt.fromChain} <ChainLink chainId={session.chain_id} kind="tx" value={session.refund_transaction} />
        </p>
      )}
      <button type="button" className="button button-small mt-2" data-testid="pay-new" onClick={onAgain}>
        {receipt.again}
      </button>
    </div>
  );
}
