// Which wallets this browser has: each announces itself when it is asked (EIP-6963). Looked for when somebody wants to pay, and not before.

/** EIP-1193, as far as a payment needs it. */
export interface WalletProvider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

export interface FoundWallet {
  /** Names the wallet for good: `io.metamask`. */
  rdns: string;
  name: string;
  /** A picture within the text; undefined for one that is anywhere else. */
  icon?: string | undefined;
  provider: WalletProvider;
}

const ANNOUNCE = 'eip6963:announceProvider';
const REQUEST = 'eip6963:requestProvider';
/** They answer within the same event; one that is only being loaded takes a moment. */
const WAIT_MS = 150;
const MAX_NAME = 60;
const MOST = 20;

export async function findWallets(target: EventTarget = window, waitMs = WAIT_MS): Promise<FoundWallet[]> {
  const found = new Map<string, FoundWallet>();
  const hear = (event: Event): void => {
    const wallet = read((event as CustomEvent<unknown>).detail);
    if (wallet && found.size < MOST) found.set(wallet.rdns, wallet);
  };
  target.addEventListener(ANNOUNCE, hear);
  try {
    target.dispatchEvent(new Event(REQUEST));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  } finally {
    target.removeEventListener(ANNOUNCE, hear);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function read(detail: unknown): FoundWallet | undefined {
  const { info, provider } = (detail ?? {}) as { info?: Record<string, unknown>; provider?: Partial<WalletProvider> };
  const { rdns, name, icon } = info ?? {};
  if (typeof rdns !== 'string' || typeof name !== 'string' || typeof provider?.request !== 'function') return undefined;
  const picture = typeof icon === 'string' && icon.startsWith('data:image/') ? icon : undefined;
  return { rdns, name: name.slice(0, MAX_NAME), icon: picture, provider: provider as WalletProvider };
}
