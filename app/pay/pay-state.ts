// What a payer sees of a payment, as data.
import type { Chain } from '../../protocol/chains.ts';
import type { FoundWallet } from './find-wallets.ts';
import type { PayFault } from './pay-fault.ts';
import type { PaidSession, Requirements } from './shapes.ts';

/** What a payment is for. */
export interface PayAim {
  pool: string;
  path: string;
  wish: object;
  /** A session that gets more: its key, and who has paid for it. */
  key?: string;
  payer?: string;
}

export type PayState =
  | { step: 'working'; at: 'wallets' | 'connect' | 'offer' | 'network' | 'sign' | 'pay'; wallet?: string }
  | { step: 'choosing'; wallets: readonly FoundWallet[] }
  /** All that is signed, before the wallet opens. */
  | { step: 'review'; offer: Requirements; chain: Chain; wallet: string; account: string }
  | { step: 'paid'; session: PaidSession }
  | { step: 'failed'; fault: PayFault };
