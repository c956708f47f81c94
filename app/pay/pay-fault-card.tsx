// What keeps a payment from coming to its end, in words for a person, and the button that takes it up again.
import { payText } from '../text/english/pay.ts';
import type { PayFault } from './pay-fault.ts';

interface Props {
  fault: PayFault;
  onAgain(): void;
  onOther?(): void;
}

export function PayFaultCard({ fault, onAgain, onOther }: Props) {
  const { what, next } = describeFault(fault);
  return (
    <div
      role="alert"
      data-testid="pay-fault"
      data-kind={fault.kind}
      className="rounded-md border border-control bg-warn-soft p-3 text-sm"
    >
      <p className="break-words font-semibold">{what}</p>
      <p className="mt-1 break-words">{next}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {fault.kind !== 'vault-differs' && (
          <button type="button" className="button button-small" data-testid="pay-again" onClick={onAgain}>
            {againOf(fault)}
          </button>
        )}
        {onOther && fault.kind !== 'no-wallet' && (
          <button type="button" className="button button-small" onClick={onOther}>
            {payText.otherWallet}
          </button>
        )}
      </div>
    </div>
  );
}

function againOf({ kind }: PayFault): string {
  if (kind === 'no-wallet') return payText.lookAgain;
  return kind === 'came-to-nothing' || kind === 'refused' ? payText.startAgain : payText.goOn;
}

/** Both sentences, with what the fault knows of its case. */
export function describeFault({ kind, details }: PayFault): { what: string; next: string } {
  const { faults } = payText;
  const { network = '', has = '', needs = '', account = '', said = '' } = details;
  switch (kind) {
    case 'wrong-network':
      return { what: faults[kind].what(network), next: faults[kind].next(network) };
    case 'too-little':
      return { what: faults[kind].what(has, needs), next: faults[kind].next };
    case 'account-switched':
      return { what: faults[kind].what, next: faults[kind].next(account) };
    case 'refused':
      return { what: faults[kind].what(said), next: faults[kind].next };
    default:
      return faults[kind];
  }
}
