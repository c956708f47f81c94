// All that is going to be signed, said before the wallet opens: how much, on which network, to which address, and why to that one.

import { payText } from '../text/english/pay.ts';
import { fill } from '../text/fill.ts';
import { ChainLink } from './chain-link.tsx';
import { formatUnits } from './pay-figures.ts';
import type { PayState } from './pay-state.ts';

interface Props {
  state: Extract<PayState, { step: 'review' }>;
  onSign(): void;
  onOther(): void;
}

export function PayReview({ state: { offer, chain, wallet, account }, onSign, onOther }: Props) {
  const { review } = payText;
  const { escrow, quote, mode } = offer.extra.terms;
  const escrowLink = <ChainLink chainId={chain.id} kind="address" value={escrow} />;
  return (
    <section
      className="space-y-2 text-sm"
      data-testid="pay-review"
      data-vault={offer.payTo}
      data-amount={offer.amount}
      aria-label={review.title}
    >
      <h3 className="font-semibold text-base">{review.title}</h3>
      <p>{review.transfer(formatUnits(offer.amount), chain.name)}</p>
      <dl className="space-y-1">
        <dt className="label">{review.from}</dt>
        <dd className="break-all font-mono text-xs">{account}</dd>
        <dt className="label">{review.to}</dt>
        <dd className="text-xs">
          <ChainLink chainId={chain.id} kind="address" value={offer.payTo} isWhole />
        </dd>
      </dl>
      <p>{fill(review.why, { escrow: escrowLink })}</p>
      <p>{review.checked}</p>
      <p className="text-muted">
        {review.fee(formatUnits(quote.fee))} {payText.modes[mode]}
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button button-primary grow" data-testid="pay-sign" onClick={onSign}>
          {review.sign(wallet)}
        </button>
        <button type="button" className="button" onClick={onOther}>
          {payText.otherWallet}
        </button>
      </div>
    </section>
  );
}
