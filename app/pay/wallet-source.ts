// Where a payment looks for wallets, for whoever draws it and has others than this window's.
import { createContext } from 'react';
import type { FoundWallet } from './find-wallets.ts';

export const WalletSource = createContext<(() => Promise<FoundWallet[]>) | undefined>(undefined);
