// What an answer cost and the receipt that proves it.
import type { Settlement } from '../../shard-worker/index.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { chatText } from '../text/english/chat.ts';

export function ChargeLine({ settlement }: { settlement: Omit<Settlement, 'job'> }) {
  return (
    <p
      className="flex flex-wrap gap-x-3 text-muted"
      data-testid="charge"
      data-charged-micros={settlement.chargedMicros}
      data-receipt={settlement.receiptId}
    >
      <span>
        {chatText.cost}{' '}
        <span className="font-mono text-ink">
          {settlement.usdc === undefined ? formatCreditAmount(settlement.chargedMicros) : `${settlement.usdc} USDC`}
        </span>
      </span>
      <span className="min-w-0 break-all">
        {chatText.receipt} <span className="font-mono">{settlement.receiptId}</span>
      </span>
    </p>
  );
}
