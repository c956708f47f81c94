// A payment as it goes: which wallet, what is signed, and whatever keeps it from coming to its end. The steps themselves are `Payer`'s.
import { useContext, useEffect, useState } from 'react';
import { useStore } from '../state/use-store.ts';
import { payText } from '../text/english/pay.ts';
import { LoadingLine } from '../ui/loading-line.tsx';
import { keptPayments } from './kept-payments.ts';
import { PayFaultCard } from './pay-fault-card.tsx';
import { PayReview } from './pay-review.tsx';
import type { PayAim, PayState } from './pay-state.ts';
import type { Payer } from './payer.ts';
import { WalletList } from './wallet-list.tsx';
import { WalletSource } from './wallet-source.ts';

interface Props {
  aim: PayAim;
  /** It is given up, or has come to its end. */
  onDone(): void;
}

const LOADING: PayState = { step: 'working', at: 'wallets' };

export function PayFlow({ aim, onDone }: Props) {
  const [payer, setPayer] = useState<Payer>();
  const find = useContext(WalletSource);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one payment for one press
  useEffect(() => {
    let isThere = true;
    // All wallet code comes with it.
    void import('./payer.ts').then(({ Payer }) => {
      if (!isThere) return;
      const made = new Payer(aim, { kept: keptPayments(), ...(find ? { find } : {}) });
      setPayer(made);
      void made.start();
    });
    return () => {
      isThere = false;
    };
  }, []);
  const state = useStore(payer?.state) ?? LOADING;
  useEffect(() => {
    if (state.step === 'paid') onDone();
  }, [state.step, onDone]);

  return (
    <div className="mt-3" data-testid="pay-flow" data-step={state.step}>
      {state.step === 'working' && <LoadingLine>{payText.working[state.at]}</LoadingLine>}
      {state.step === 'choosing' && <WalletList wallets={state.wallets} onPick={(found) => void payer?.use(found)} />}
      {state.step === 'review' && (
        <PayReview state={state} onSign={() => void payer?.pay()} onOther={() => void payer?.choose()} />
      )}
      {state.step === 'failed' && (
        <PayFaultCard fault={state.fault} onAgain={() => void payer?.again()} onOther={() => void payer?.choose()} />
      )}
      {state.step !== 'working' && state.step !== 'paid' && (
        <p className="mt-2">
          <button type="button" className="button-quiet" onClick={onDone}>
            {payText.notNow}
          </button>
        </p>
      )}
    </div>
  );
}
