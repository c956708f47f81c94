// One chain as the server speaks to it: the node, the key that pays for gas, and what was deployed there.
import {
  type Account,
  createPublicClient,
  createWalletClient,
  defineChain,
  fallback,
  type Hex,
  http,
  type LocalAccount,
  type PublicClient,
  type Transport,
  type Chain as ViemChain,
  type WalletClient,
} from 'viem';
import type { Chain } from '../../protocol/chains.ts';
import { nodesOf } from '../config/nodes-of.ts';

/** What the deploy script has written down, as far as the server needs it. */
export interface ChainContracts {
  usdc: Hex;
  usdcx: Hex;
  escrow: Hex;
}

export interface OpenChain {
  readonly chain: Chain;
  readonly contracts: ChainContracts;
  readonly account: LocalAccount;
  readonly reader: PublicClient<Transport, ViemChain>;
  readonly wallet: WalletClient<Transport, ViemChain, Account>;
}

const ANSWER_MS = 10_000;

export interface OpenChainOptions {
  chain: Chain;
  /** Several with commas between them: each is asked where those before it do not answer. */
  rpcUrl?: string | undefined;
  /** The hot key: signs quotes, moves units, and holds gas money only. */
  account: LocalAccount;
  contracts: ChainContracts;
}

/** Asks nothing of the node yet. */
export function openChain({ chain, rpcUrl = chain.rpcUrl, account, contracts }: OpenChainOptions): OpenChain {
  const { id, name, nativeSymbol: symbol } = chain;
  const known = defineChain({
    ...{ id, name, nativeCurrency: { name: symbol, symbol, decimals: 18 } },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const nodes = nodesOf(rpcUrl).map((url) => http(url, { timeout: ANSWER_MS, retryCount: 1 }));
  const transport = nodes.length > 1 ? fallback(nodes) : nodes[0]!;
  const pollingInterval = chain.receipt.everyMs;
  return {
    ...{ chain, contracts, account },
    // Nothing is remembered: what is read decides over money.
    reader: createPublicClient({ chain: known, transport, pollingInterval, cacheTime: 0 }),
    wallet: createWalletClient({ chain: known, transport, pollingInterval, account }),
  };
}
