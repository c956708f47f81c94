// A payment that was signed before this page was closed or the server was away: it is sent again by itself, once.
import { useCallback, useEffect, useState } from 'react';
import { payText } from '../text/english/pay.ts';
import { LoadingLine } from '../ui/loading-line.tsx';
import { keptPayments } from './kept-payments.ts';
import type { PayFault } from './pay-fault.ts';
import { PayFaultCard } from './pay-fault-card.tsx';
import { aloneAmongTabs, faultOf, settlePending } from './pending-payment.ts';
import type { Pending } from './shapes.ts';

export function PendingCard({ pending }: { pending: Pending }) {
  const [fault, setFault] = useState<PayFault>();
  const send = useCallback(() => {
    setFault(undefined);
    const kept = keptPayments();
    aloneAmongTabs(() => settlePending(pending, { kept })).catch((thrown) => setFault(faultOf(thrown)));
  }, [pending]);
  useEffect(send, [send]);
  return (
    <div className="mt-2 text-sm" data-testid="pay-pending">
      {fault ? <PayFaultCard fault={fault} onAgain={send} /> : <LoadingLine>{payText.pending}</LoadingLine>}
    </div>
  );
}
