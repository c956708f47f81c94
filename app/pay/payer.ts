// How a person pays, step by step: which wallet, whose account, what exactly is to be signed, and the signature. Loaded when somebody
// presses to pay, with all wallet code; moves no money itself and sends no transaction.
import { CHAINS, type Chain } from '../../protocol/chains.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import { askOffer, type Offer } from './call-paid.ts';
import { chainIdOf } from './chain-id-of.ts';
import { checkVault, isSame } from './check-vault.ts';
import { type FoundWallet, findWallets } from './find-wallets.ts';
import type { KeptPayments } from './kept-payments.ts';
import { PayFault } from './pay-fault.ts';
import type { PayAim, PayState } from './pay-state.ts';
import { aloneAmongTabs, faultOf, settlePending } from './pending-payment.ts';
import type { Pending } from './shapes.ts';
import { paymentHeader, transferOf, typedDataOf } from './transfer-data.ts';
import { Wallet } from './wallet.ts';

export interface PayerOptions {
  kept: KeptPayments;
  find?: () => Promise<FoundWallet[]>;
}

/** An offer holds for five minutes; a wallet needs some of that. */
const OFFER_MS = 4 * 60_000;

export class Payer {
  readonly state = new ValueStore<PayState>({ step: 'working', at: 'wallets' });
  readonly #options: PayerOptions;
  readonly #aim: PayAim;
  #wallet: Wallet | undefined;
  #account: string | undefined;
  #offer: Offer | undefined;

  constructor(aim: PayAim, options: PayerOptions) {
    this.#aim = aim;
    this.#options = options;
  }

  /** Looks for wallets, and goes on with the one that was used last, or with the only one. */
  start(): Promise<void> {
    return this.#try('wallets', async () => {
      const { kept, find = findWallets } = this.#options;
      const wallets = await find();
      if (wallets.length === 0) throw new PayFault('no-wallet');
      const last = wallets.find(({ rdns }) => rdns === kept.wallet);
      const only = wallets.length === 1 ? wallets[0] : undefined;
      const found = last ?? only;
      if (!found) return this.state.set({ step: 'choosing', wallets });
      await this.#use(found);
    });
  }

  /** Another wallet than the last one. */
  choose(): Promise<void> {
    return this.#try('wallets', async () => {
      const wallets = await (this.#options.find ?? findWallets)();
      this.state.set({ step: 'choosing', wallets });
    });
  }

  use(found: FoundWallet): Promise<void> {
    return this.#try('connect', () => this.#use(found));
  }

  /** What is shown is what is signed: nothing else is asked of the server in between. */
  pay(): Promise<void> {
    return this.#try('network', () => aloneAmongTabs(() => this.#pay()));
  }

  /** The same step again. What was signed and sent is not signed anew. */
  again(): Promise<void> {
    const { state } = this;
    const now = state.get();
    const { kept } = this.#options;
    const { pending } = kept.state.get();
    if (pending) return this.#try('pay', () => aloneAmongTabs(() => this.#settle(pending)));
    if (now.step !== 'failed' || !this.#wallet) return this.start();
    const kinds = ['rejected', 'asked-already', 'wrong-network', 'too-little', 'two-tabs'];
    // What has been shown still holds.
    if (this.#offer && this.#holds(this.#offer) && kinds.includes(now.fault.kind)) {
      this.#review(this.#offer);
      return Promise.resolve();
    }
    return this.use(this.#wallet.found);
  }

  async #use(found: FoundWallet): Promise<void> {
    this.state.set({ step: 'working', at: 'connect', wallet: found.name });
    const wallet = new Wallet(found);
    const account = await wallet.connect();
    this.#options.kept.wallet = found.rdns;
    this.#wallet = wallet;
    this.#account = account;
    const { payer } = this.#aim;
    if (payer && !isSame(payer, account)) throw new PayFault('account-switched', { account: payer });
    this.state.set({ step: 'working', at: 'offer', wallet: found.name });
    const { path, wish, key } = this.#aim;
    const offer = await askOffer(path, this.#aim.payer ? wish : { ...wish, payer: account }, key);
    checkVault(offer.accepted, account);
    chainOf(offer);
    this.#offer = offer;
    this.#review(offer);
  }

  #review(offer: Offer): void {
    const [wallet, account] = [this.#wallet!.found.name, this.#account!];
    this.state.set({ step: 'review', offer: offer.accepted, chain: chainOf(offer), wallet, account });
  }

  async #pay(): Promise<void> {
    const [wallet, account, offer] = [this.#wallet, this.#account, this.#offer];
    if (!wallet || !account || !offer) throw new PayFault('expired');
    const { accepted, required } = offer;
    const name = wallet.found.name;
    if (!this.#holds(offer)) throw new PayFault('expired');
    const now = await wallet.connect();
    if (!isSame(now, account)) throw new PayFault('account-switched', { account });
    await wallet.goToChain(chainOf(offer), accepted.extra.terms.rpcUrl);
    const [has, needs] = [await wallet.balanceOf(accepted.asset, account), BigInt(accepted.amount)];
    if (has < needs) throw new PayFault('too-little', { has: dollarsOf(has), needs: dollarsOf(needs) });
    this.state.set({ step: 'working', at: 'sign', wallet: name });
    const passedSeconds = Math.floor((performance.now() - offer.askedMs) / 1000);
    const authorization = transferOf(accepted, account, offer.serverSeconds + passedSeconds);
    const signature = await wallet.sign(account, typedDataOf(accepted, authorization));
    this.state.set({ step: 'working', at: 'pay', wallet: name });
    const { kept } = this.#options;
    const pending = {
      ...{ path: offer.path, body: offer.body, pool: this.#aim.pool, signedAt: Date.now() },
      header: paymentHeader(required, accepted, { authorization, signature }),
      repeat: randomText(),
    };
    kept.setPending(pending);
    await this.#settle(pending);
  }

  async #settle(pending: Pending): Promise<void> {
    const { kept } = this.#options;
    const session = await settlePending(pending, { kept });
    this.state.set({ step: 'paid', session });
  }

  #holds({ askedMs }: Offer): boolean {
    return performance.now() - askedMs < OFFER_MS;
  }

  async #try(at: Extract<PayState, { step: 'working' }>['at'], act: () => Promise<void>): Promise<void> {
    this.state.set({ step: 'working', at, ...(this.#wallet ? { wallet: this.#wallet.found.name } : {}) });
    try {
      await act();
    } catch (thrown) {
      this.state.set({ step: 'failed', fault: faultOf(thrown) });
    }
  }
}

function chainOf({ accepted }: Pick<Offer, 'accepted'>): Chain {
  const id = chainIdOf(accepted);
  const chain = CHAINS.find((each) => each.id === id);
  if (!chain) throw new PayFault('refused', { said: accepted.network });
  return chain;
}

/** Millionths, for people. */
const dollarsOf = (units: bigint): string => String(Number(units) / 1e6);

/** `randomUUID` is not there on a page without https. */
const randomText = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
