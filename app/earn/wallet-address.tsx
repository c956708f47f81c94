// Takes the account of a wallet of this browser as the address to be paid at, so that nobody types forty digits. Wallet code is loaded
// with the press.
import { useState } from 'react';
import { PayFault } from '../pay/pay-fault.ts';
import { PayFaultCard } from '../pay/pay-fault-card.tsx';
import { earnText } from '../text/english/earn.ts';

export function WalletAddress({ onAddress }: { onAddress(address: string): void }) {
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<PayFault>();
  const connect = async (): Promise<void> => {
    setFault(undefined);
    setBusy(true);
    try {
      const { connectedAccount } = await import('./fetch-earned.ts');
      onAddress(await connectedAccount());
    } catch (thrown) {
      setFault(thrown instanceof PayFault ? thrown : new PayFault('refused', { said: String(thrown) }));
    }
    setBusy(false);
  };
  return (
    <div>
      <button
        type="button"
        className="button button-small"
        data-testid="wallet-address"
        disabled={isBusy}
        onClick={() => void connect()}
      >
        {earnText.connect}
      </button>
      {isBusy && (
        <p role="status" className="mt-1 text-muted text-sm">
          {earnText.connecting}
        </p>
      )}
      {fault && <PayFaultCard fault={fault} onAgain={() => void connect()} />}
    </div>
  );
}
