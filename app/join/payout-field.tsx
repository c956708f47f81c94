// Where a market pool pays whoever lends to it.
import { lazy, Suspense } from 'react';
import { joinText } from '../text/english/join.ts';
import { TextField } from '../ui/text-field.tsx';

const WalletAddress = lazy(() =>
  import('../earn/wallet-address.tsx').then((room) => ({ default: room.WalletAddress })),
);

interface Props {
  value: string;
  onText(text: string): void;
  /** Undefined while there is none or it is not time to say it. */
  problem: string | undefined;
}

/** Longer than an address, so that what is pasted with more is seen to be wrong. */
const MAX_CHARS = 100;

export function PayoutField({ value, onText, problem }: Props) {
  return (
    <div className="space-y-2">
      <TextField
        label={joinText.form.payout}
        value={value}
        onText={onText}
        mono
        maxLength={MAX_CHARS}
        placeholder="0x…"
        hint={joinText.form.payoutHint}
        problem={problem}
      />
      <Suspense fallback={null}>
        <WalletAddress onAddress={onText} />
      </Suspense>
    </div>
  );
}
