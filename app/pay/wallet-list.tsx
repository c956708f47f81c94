// The wallets that this browser has, to choose one.
import { payText } from '../text/english/pay.ts';
import type { FoundWallet } from './find-wallets.ts';

interface Props {
  wallets: readonly FoundWallet[];
  onPick(wallet: FoundWallet): void;
}

export function WalletList({ wallets, onPick }: Props) {
  return (
    <fieldset>
      <legend className="font-medium text-sm">{payText.whichWallet}</legend>
      <ul className="mt-2 space-y-2">
        {wallets.map((wallet) => (
          <li key={wallet.rdns}>
            <button type="button" className="button w-full justify-start gap-2" onClick={() => onPick(wallet)}>
              {/* biome-ignore lint/performance/noImgElement: a picture within the page's own text, which no server could make smaller */}
              {wallet.icon && <img src={wallet.icon} alt="" className="size-5" />}
              {wallet.name}
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
