// Before anything of a wallet: how much to pay in, for about how long that is, and what becomes of the rest.
import { useCallback, useState } from 'react';
import { CHAINS } from '../../protocol/chains.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { useRemote } from '../state/use-remote.ts';
import { payText } from '../text/english/pay.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { Segments } from '../ui/segments.tsx';
import { askOffer, SESSIONS } from './call-paid.ts';
import { chainIdOf } from './chain-id-of.ts';
import { formatAbout, formatUsdc } from './pay-figures.ts';

interface Props {
  pool: PoolId;
  /** Somebody would answer: else there is nothing to pay for. */
  isServed: boolean;
  onBegin(dollars: number): void;
}

const AMOUNTS = ['0.05', '0.25', '1', '5'] as const;
type Amount = (typeof AMOUNTS)[number];

export function PayStart({ pool, isServed, onBegin }: Props) {
  const [amount, setAmount] = useState<Amount>('0.25');
  const ask = useCallback(() => askOffer(SESSIONS, { model: pool, dollars: Number(amount) }), [pool, amount]);
  const offer = useRemote(ask);
  const accepted = offer.value?.accepted;
  const shown = formatUsdc(amount);
  const seconds = accepted?.extra.terms.seconds ?? 0;
  const network = accepted && CHAINS.find(({ id }) => id === chainIdOf(accepted))?.name;
  return (
    <div className="mt-1 space-y-3 text-sm">
      <p>{payText.intro}</p>
      <Segments<Amount>
        legend={payText.howMuch}
        segments={AMOUNTS.map((value) => ({ value, name: formatUsdc(value) }))}
        value={amount}
        inColumns
        testId="pay-amount"
        onPick={setAmount}
      />
      <p className="font-medium" role="status" data-testid="pay-summary">
        {seconds > 0 ? payText.summary(shown, formatAbout(seconds)) : payText.summaryPlain(shown)}
      </p>
      {offer.error && <ErrorCard error={offer.error} onRetry={offer.reload} />}
      <button
        type="button"
        className="button button-primary w-full"
        data-testid="pay-begin"
        disabled={!accepted || !isServed}
        onClick={() => onBegin(Number(amount))}
      >
        {payText.begin}
      </button>
      <p className="text-muted">
        {network && `${payText.onNetwork(network)} `}
        {payText.beforehand}
      </p>
      <p className="text-muted">{payText.throughServer}</p>
    </div>
  );
}
