// How much more to pay in, while a session lives.
import { useState } from 'react';
import { payText } from '../text/english/pay.ts';
import { formatUsdc } from './pay-figures.ts';

const AMOUNTS = [0.05, 0.25, 1, 5];

export function TopUpForm({ onTopUp }: { onTopUp(dollars: number): void }) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <button type="button" className="button button-small" data-testid="top-up" onClick={() => setOpen(true)}>
        {payText.session.topUp}
      </button>
    );
  }
  return (
    <fieldset className="w-full">
      <legend className="font-medium">{payText.session.topUp}</legend>
      <div className="mt-1 flex flex-wrap gap-2">
        {AMOUNTS.map((dollars) => (
          <button key={dollars} type="button" className="button button-small" onClick={() => onTopUp(dollars)}>
            {formatUsdc(dollars)}
          </button>
        ))}
        <button type="button" className="button-quiet" onClick={() => setOpen(false)}>
          {payText.notNow}
        </button>
      </div>
    </fieldset>
  );
}
