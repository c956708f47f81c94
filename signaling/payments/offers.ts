// Offers of paid sessions, as x402 has them: what is to be paid, to whom, and for what. Kept by nobody: an offer says itself what it
// promises, and only this process can have written it.
import { createHmac, randomBytes } from 'node:crypto';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import type { Address, Hex } from 'viem';
import type { Chain } from '../../protocol/chains.ts';
import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { type KeptQuote, keptQuote, keyOfQuote, type Quote, quoteOfKept, vaultOfKey } from '../../protocol/quote.ts';
import { isSameSecret } from '../http/is-same-secret.ts';
import type { PayMode } from './plan-offer.ts';

export interface Offer {
  kind: 'answer' | 'session';
  pool: PoolId;
  quote: Quote;
  /** USDC, 6 digits. */
  amount: bigint;
  spendWei: bigint;
  price: Price;
  mode: PayMode;
  reason: string;
  /** Answers are expected to run for about so long together. */
  aboutSeconds: number;
  /** More for a session that is paid for already. */
  isTopUp?: boolean;
}

interface Claims {
  kind: Offer['kind'];
  pool: PoolId;
  quote: KeptQuote;
  amount: string;
  spend: string;
  price: Price;
  mode: PayMode;
  reason: string;
  aboutSeconds: number;
  isTopUp?: boolean;
  /** Seconds since 1970. */
  expires: number;
}

export interface OfferAt {
  chain: Chain;
  escrow: Address;
  /** Where wallets of this machine find a chain that is nowhere else. */
  rpcUrl?: string;
  usdc: { address: Address; name: string; version: string };
}

/** Long enough to ask a person's wallet. */
export const OFFER_SECONDS = 5 * 60;
/** The longest that is looked at: offers are far shorter. */
const MAX_OFFER_CHARS = 4000;

export class Offers {
  readonly #secret = randomBytes(32);
  readonly #at: OfferAt;
  readonly #now: () => number;

  /** @param now seconds since 1970, for tests. */
  constructor(at: OfferAt, now: () => number = () => Math.floor(Date.now() / 1000)) {
    this.#at = at;
    this.#now = now;
  }

  get network(): `eip155:${number}` {
    return `eip155:${this.#at.chain.id}`;
  }

  keyOf({ quote }: Pick<Offer, 'quote'>): Hex {
    return keyOfQuote({ chainId: this.#at.chain.id, escrow: this.#at.escrow }, quote);
  }

  vaultOf(offer: Pick<Offer, 'quote'>): Address {
    return vaultOfKey({ chainId: this.#at.chain.id, escrow: this.#at.escrow }, this.keyOf(offer));
  }

  /** What a stock x402 client signs for. */
  requirementsOf(offer: Offer): PaymentRequirements {
    const expires = this.#now() + OFFER_SECONDS;
    const { quote, amount, spendWei, ...plain } = offer;
    const claims: Claims = {
      ...{ ...plain, quote: keptQuote(quote), amount: String(amount), spend: String(spendWei), expires },
    };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return this.#requirements(offer, `${body}.${this.#sign(body)}`);
  }

  /** Which session a payment is for, whoever made the offer and however long ago. Throws `payment-rejected` for what is no offer. */
  keyIn(payload: PaymentPayload): { key: Hex; text: string } {
    const text = textIn(payload);
    try {
      const claims: Claims = JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString());
      return {
        key: keyOfQuote({ chainId: this.#at.chain.id, escrow: this.#at.escrow }, quoteOfKept(claims.quote)),
        text,
      };
    } catch {
      throw noOffer();
    }
  }

  /** The offer that a payment answers, if this process made it and it still holds. Throws `quote-expired`, `payment-rejected`. */
  open(payload: PaymentPayload): { offer: Offer; requirements: PaymentRequirements } {
    const text = textIn(payload);
    const [body = '', signature = '', ...more] = text.split('.');
    if (more.length > 0 || !isSameSecret(signature, this.#sign(body)))
      throw expired('is not of this server as it runs now');
    // Signed by this process: it is what `requirementsOf` wrote.
    const { quote, amount, spend, expires, ...plain }: Claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (expires < this.#now()) throw expired('has expired');
    const offer = { ...plain, quote: quoteOfKept(quote), amount: BigInt(amount), spendWei: BigInt(spend) };
    return { offer, requirements: this.#requirements(offer, text) };
  }

  #requirements(offer: Offer, text: string): PaymentRequirements {
    const { usdc, escrow, rpcUrl } = this.#at;
    const { rate, maxRate, fee, maxSeconds, openBefore } = offer.quote;
    return {
      ...{ scheme: 'exact', network: this.network, asset: usdc.address, amount: String(offer.amount) },
      ...{ payTo: this.vaultOf(offer), maxTimeoutSeconds: OFFER_SECONDS },
      extra: {
        ...{ name: usdc.name, version: usdc.version, paymentFlow: 'upfront' },
        // For people: all that is not earned goes back.
        terms: {
          ...{ pool: offer.pool, mode: offer.mode, why: offer.reason },
          ...{ rate: String(rate), maxRate: String(maxRate), fee: String(fee), maxSeconds, openBefore },
          ...{ escrow, quote: keptQuote(offer.quote), spend: String(offer.spendWei), seconds: offer.aboutSeconds },
          ...(rpcUrl === undefined ? {} : { rpcUrl }),
        },
        offer: text,
      },
    };
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('base64url');
  }
}

function textIn({ accepted }: PaymentPayload): string {
  const text = accepted.extra?.offer;
  if (typeof text === 'string' && text.length <= MAX_OFFER_CHARS) return text;
  throw noOffer();
}

const noOffer = (): PoolError => new PoolError('payment-rejected', 'The payment answers no offer of this server.');

const expired = (why: string): PoolError => new PoolError('quote-expired', `The offer that was paid for ${why}.`);
