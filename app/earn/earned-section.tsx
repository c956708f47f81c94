// At /account: paid sessions that one's tabs worked for, with receipts and transactions, and what waits to be fetched. Nothing where
// this server has no market.
import { useCallback, useState } from 'react';
import { ChainLink } from '../pay/chain-link.tsx';
import { formatUsdc } from '../pay/pay-figures.ts';
import { StepItems } from '../pay/step-list.tsx';
import { useRemote } from '../state/use-remote.ts';
import { languageTag } from '../text/catalogue.ts';
import { earnText } from '../text/english/earn.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { readMarkets, readReceipts, readServed, readServedLog } from './call-market.ts';
import type { ServedSession } from './shapes.ts';
import { WaitingList } from './waiting-list.tsx';

const EVERY_MS = 5_000;

export function EarnedSection() {
  const markets = useRemote(readMarkets);
  const isThere = (markets.value?.length ?? 0) !== 0;
  const served = useRemote(isThere ? readServed : undefined, EVERY_MS);
  if (!isThere) return null;
  return (
    <Card title={earnText.title} testId="earned-usdc">
      <WaitingList markets={markets.value!} />
      <p className="mt-5 max-w-prose text-muted text-sm">{earnText.intro}</p>
      {served.error && <ErrorCard error={served.error} onRetry={served.reload} />}
      {served.value?.length === 0 && <p className="mt-2 text-sm">{earnText.none}</p>}
      <ul className="mt-2 divide-y divide-line">
        {served.value?.map((session) => (
          <Served key={session.id} session={session} />
        ))}
      </ul>
    </Card>
  );
}

function Served({ session }: { session: ServedSession }) {
  const [isOpen, setOpen] = useState(false);
  const { id, state, streamed, chain_id: chainId } = session;
  const read = useCallback(
    () => Promise.all([readServedLog(id), readReceipts(id)]).then(([log, receipts]) => ({ log, receipts })),
    [id],
  );
  const details = useRemote(isOpen ? read : undefined, state === 'over' ? undefined : EVERY_MS);
  const receipts = details.value?.receipts ?? [];
  const perSecond = state === 'streaming' && streamed ? Number(streamed.usdc_per_second) : 0;
  return (
    <li
      className="py-3 text-sm"
      data-testid="served-session"
      data-id={id}
      data-state={state}
      data-yours={session.your_usdc}
    >
      <p className="flex flex-wrap justify-between gap-x-4">
        <span className="break-all font-mono">{session.pool}</span>
        <span className="text-muted">{new Date(createdOf(session) * 1000).toLocaleString(languageTag())}</span>
      </p>
      <p>
        {earnText.yours}: <span className="font-mono">{formatUsdc(session.your_usdc)}</span>,{' '}
        {earnText.ofIt(formatUsdc(session.your_paid_usdc))}; {earnText.states[state]}
        {perSecond > 0 && `, ${earnText.perSecond(formatUsdc(perSecond))}`}
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="py-1 text-muted">{earnText.steps}</summary>
        <p className="mt-1">
          <ChainLink chainId={chainId} kind="address" value={session.vault} isWhole />
        </p>
        {details.error && <ErrorCard error={details.error} onRetry={details.reload} />}
        <StepItems rows={details.value?.log ?? []} chainId={chainId} />
        {details.value && (
          <p className="mt-2 flex flex-wrap items-center gap-x-3">
            {receipts.length > 0 ? earnText.receipts(receipts.length) : earnText.receiptsNone}
            {receipts.length > 0 && (
              <button type="button" className="button-quiet" onClick={() => saveReceipts(id, receipts)}>
                {earnText.saveReceipts}
              </button>
            )}
          </p>
        )}
      </details>
    </li>
  );
}

const createdOf = (session: ServedSession): number =>
  typeof session.created_at === 'number' ? session.created_at : session.now;

function saveReceipts(id: string, receipts: readonly unknown[]): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(receipts, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `receipts-${id.slice(2, 10)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
