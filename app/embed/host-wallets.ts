// The wallets of the page around the frame, as a payment asks any other (EIP-1193). Each question goes to the page and waits for so long
// and no longer; what comes back is believed no more than a wallet is.
import type { FromChat, ToChat } from '../../packages/widget/src/words.ts';
import type { FoundWallet } from '../pay/find-wallets.ts';
import { PayFault } from '../pay/pay-fault.ts';
import { readWallets } from './read-host-message.ts';

type Answered = Extract<ToChat, { type: 'wallet-answered' }>;

interface Asked {
  resolve(result: unknown): void;
  reject(why: unknown): void;
  timer: ReturnType<typeof setTimeout>;
}

/** The page answers these by itself, or its wallet does without a person. */
const QUICK = ['wallets', 'eth_accounts', 'eth_chainId', 'eth_call'];
const QUICK_MS = 10_000;
/** A person reads and presses: no longer than an offer holds. */
const PERSON_MS = 5 * 60_000;
const MOST_AT_ONCE = 4;
const LONGEST_RESULT = 20_000;

export class HostWallets {
  readonly #say: (message: FromChat) => void;
  /** Where a page gives no name to the wallet that it has. */
  readonly #nameless: () => string;
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  constructor(say: (message: FromChat) => void, nameless: () => string) {
    this.#say = say;
    this.#nameless = nameless;
  }

  /** Throws `page-silent`. */
  async find(): Promise<FoundWallet[]> {
    const said = readWallets(await this.#ask('wallets'));
    if (!said) throw new PayFault('page-silent');
    return said.map(({ rdns, name, icon }) => ({
      ...{ rdns, name: name || this.#nameless(), icon },
      provider: { request: ({ method, params = [] }) => this.#ask(method, { rdns, params }) },
    }));
  }

  /** What the page says to it. An answer to nothing is not heard. */
  hear(answered: Answered): void {
    const asked = this.#asked.get(answered.id);
    if (!asked) return;
    this.#end(answered.id);
    if ('error' in answered) asked.reject(answered.error);
    else if (isShort(answered.result)) asked.resolve(answered.result);
    else asked.reject(new PayFault('refused', { said: 'The answer is too long.' }));
  }

  /** The page is gone. */
  close(): void {
    for (const [id, { reject }] of this.#asked) {
      this.#end(id);
      reject(new PayFault('page-silent'));
    }
  }

  /** Rejects as a wallet does, and with `page-silent`, or `asked-already` where too much waits. */
  #ask(method: string, rest: { rdns?: string; params?: readonly unknown[] } = {}): Promise<unknown> {
    if (this.#asked.size >= MOST_AT_ONCE) return Promise.reject(new PayFault('asked-already'));
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const silent = (): void => {
        this.#asked.delete(id);
        reject(new PayFault('page-silent'));
      };
      const timer = setTimeout(silent, QUICK.includes(method) ? QUICK_MS : PERSON_MS);
      this.#asked.set(id, { resolve, reject, timer });
      this.#say({ type: 'wallet-asked', id, method, ...rest });
    });
  }

  #end(id: number): void {
    clearTimeout(this.#asked.get(id)?.timer);
    this.#asked.delete(id);
  }
}

/** Texts and short lists of them are all that a payment reads; a list of wallets has bounds of its own. */
const isShort = (result: unknown): boolean => typeof result !== 'string' || result.length <= LONGEST_RESULT;
