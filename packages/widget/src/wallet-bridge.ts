// The page's wallets, for a payment in the frame: the few calls that one needs, and nothing else. What may be asked is decided here, in
// the page, whatever the chat asks for; and no wallet is touched before it asks.
import type { ToChat, WalletAsked, WalletInfo, WalletNo } from './words.ts';

/** EIP-1193, as far as a payment needs it. */
export interface PageWallet {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

/** Which account, on which network. */
const PLAIN = [
  'eth_accounts',
  'eth_requestAccounts',
  'eth_chainId',
  'wallet_switchEthereumChain',
  'wallet_addEthereumChain',
];
/** `balanceOf(address)` */
const BALANCE_OF = '0x70a08231';
const MOST_AT_ONCE = 4;
/** As long as an offer holds: who has not answered by then is not waited for. */
const WITHIN_MS = 300_000;
/** Wallets announce themselves within the same event; one that is only being loaded takes a moment. */
const ANNOUNCED_WITHIN_MS = 150;
const MOST_WALLETS = 20;
const MOST_WORDS = 200;

export class WalletBridge {
  /** The page's own, in place of all that its browser has. */
  own: PageWallet | undefined;
  readonly #found = new Map<string, { info: WalletInfo; provider: PageWallet }>();
  #asked = 0;

  /** `reply`: to the very frame that has asked. */
  async answer({ id, ...asked }: WalletAsked, reply: (message: ToChat) => void): Promise<void> {
    this.#asked++;
    try {
      if (this.#asked > MOST_AT_ONCE) throw no(-32005, 'The wallet has enough questions open.');
      reply({ type: 'wallet-answered', id, result: await inTime(this.#ask(asked)) });
    } catch (thrown) {
      reply({ type: 'wallet-answered', id, error: noOf(thrown) });
    } finally {
      this.#asked--;
    }
  }

  async #ask({ rdns, method, params = [] }: Omit<WalletAsked, 'id'>): Promise<unknown> {
    if (method === 'wallets') return this.#list();
    if (!isNeeded(method, params)) throw no(4200, `A payment needs no ${String(method).slice(0, 60)}.`);
    const wallet = this.own ?? this.#found.get(rdns ?? '')?.provider;
    if (!wallet) throw no(4900, 'The page has no such wallet.');
    return wallet.request({ method, params });
  }

  async #list(): Promise<WalletInfo[]> {
    if (this.own) return [{ rdns: 'page', name: '' }];
    const hear = ({ detail }: CustomEventInit): void => {
      if (detail?.info?.rdns && this.#found.size < MOST_WALLETS) this.#found.set(detail.info.rdns, detail);
    };
    addEventListener('eip6963:announceProvider', hear as EventListener);
    dispatchEvent(new Event('eip6963:requestProvider'));
    await new Promise((resolve) => setTimeout(resolve, ANNOUNCED_WITHIN_MS));
    removeEventListener('eip6963:announceProvider', hear as EventListener);
    return [...this.#found.values()].map(({ info: { rdns, name, icon } }) => ({ rdns, name, icon: icon ?? '' }));
  }
}

/** A transfer that is signed for one address, what is in an account of a token, and `PLAIN`. */
function isNeeded(method: string, [first, second]: readonly unknown[]): boolean {
  if (method === 'eth_call') return String((first as { data?: unknown } | null)?.data).startsWith(BALANCE_OF);
  if (method !== 'eth_signTypedData_v4') return PLAIN.includes(method);
  try {
    return JSON.parse(second as string).primaryType === 'TransferWithAuthorization';
  } catch {
    return false;
  }
}

async function inTime<T>(said: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(no(-32000, 'The wallet did not answer.')), WITHIN_MS);
  });
  return Promise.race([said, late]).finally(() => clearTimeout(timer));
}

const no = (code: number, message: string): WalletNo => ({ code, message });

/** Some wallets put their own code around the one that counts. */
function noOf(thrown: unknown): WalletNo {
  const { code, message, data } = (thrown ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  const inner = (data as { originalError?: { code?: unknown } } | null | undefined)?.originalError?.code ?? code;
  return no(typeof inner === 'number' ? inner : -32603, String(message ?? '').slice(0, MOST_WORDS));
}
