// Paying a market pool in the frame: what it costs is said here, and a wallet, the page's, is asked after a press alone. Folded away
// once it is paid.
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Coalition } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { WalletSource } from '../pay/wallet-source.ts';
import { fetchPart } from '../state/fetch-part.ts';
import { embedText } from '../text/english/embed.ts';
import type { HostWallets } from './host-wallets.ts';

/** For market pools alone: nothing of it is loaded before one is asked. */
const PayPanel = lazy(() => import('../pay/pay-panel.tsx').then(({ PayPanel }) => ({ default: PayPanel })));

interface Props {
  pool: PoolId;
  coalition: Coalition | undefined;
  /** Undefined where no page is around the chat: then this window's own are taken. */
  wallets: HostWallets | undefined;
  isPaid: boolean;
  onAsker(asker: Pick<ChatPeer, 'ask'> | undefined): void;
}

export function EmbedPay({ pool, coalition, wallets, isPaid, onAsker }: Props) {
  const [isOpen, setOpen] = useState(true);
  useEffect(() => setOpen(!isPaid), [isPaid]);
  const find = useMemo(() => wallets && (() => findIn(wallets)), [wallets]);
  return (
    <details
      className="mb-4"
      data-testid="embed-pay"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="w-fit py-1.5 font-medium">{embedText.pay}</summary>
      <WalletSource value={find}>
        <Suspense fallback={null}>
          <PayPanel pool={pool} coalition={coalition} onAsker={onAsker} />
        </Suspense>
      </WalletSource>
    </details>
  );
}

/** Some wallets announce themselves to frames and to no page. */
async function findIn(wallets: HostWallets) {
  const found = await wallets.find();
  if (found.length > 0) return found;
  const { findWallets } = await fetchPart(import('../pay/find-wallets.ts'));
  return findWallets();
}
