// More money for a paid session that lives: signed for as its first payment was, moved to the same vault, and counted as the chain says.
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { type Hex, isAddressEqual } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import { unreachable } from '../chain/chain-error.ts';
import { formatDollars, usdcOfWei, weiOfUsdc } from './amounts.ts';
import { type Facilitator, readAuthorization } from './facilitator.ts';
import { OFFER_SECONDS, type Offers } from './offers.ts';
import type { PaidSession } from './paid-session.ts';
import type { SessionRunner } from './session-runner.ts';

export interface TopUpOptions {
  offers: Offers;
  facilitator: Facilitator;
  runner: Pick<SessionRunner, 'takeIn'>;
}

export class TopUps {
  readonly #options: TopUpOptions;
  /** Sessions to which money is on its way. */
  readonly #taking = new Set<Hex>();

  constructor(options: TopUpOptions) {
    this.#options = options;
  }

  /** What is to be paid for it. Throws `deposit-spent` where there is no time to use it, `bad-request` for more than it can take. */
  offer(session: PaidSession, dollarsWei: bigint): PaymentRequirements {
    demandTime(session);
    const { kind, pool, quote, mode, price, spendWei, amount } = session;
    const most = quote.maxRate * BigInt(quote.maxSeconds) - spendWei;
    if (dollarsWei > most) {
      const sentence = `This session takes ${formatDollars(most > 0n ? most : 0n)} USDC more: for more open another one.`;
      throw new PoolError('bad-request', sentence, { data: { param: 'dollars' } });
    }
    const added = usdcOfWei(dollarsWei);
    const reason = `More for a session that ${formatDollars(weiOfUsdc(amount))} USDC were paid for.`;
    return this.#options.offers.requirementsOf({
      ...{ kind, pool, quote, mode, price, reason, amount: added, spendWei: weiOfUsdc(added), isTopUp: true },
      aboutSeconds: aboutSeconds(session, weiOfUsdc(added)),
    });
  }

  /**
   * Moves it and counts it; the same payment again counts once. Throws `payment-rejected`, `quote-expired`, `deposit-spent`, `conflict`,
   * `chain-unreachable`: then the same again goes on where this one was.
   */
  async take(session: PaidSession, payload: PaymentPayload): Promise<Hex | undefined> {
    const { offers, facilitator, runner } = this.#options;
    const { key } = session;
    if (offers.keyIn(payload).key !== key) throw rejected('The payment is for another session.');
    if (this.#taking.has(key)) throw new PoolError('conflict', 'Another payment for this session is being taken.');
    this.#taking.add(key);
    try {
      const seen = readAuthorization(payload);
      let transaction: Hex | undefined;
      if (!(await facilitator.isUsed(seen))) {
        demandTime(session);
        const { offer, requirements } = offers.open(payload);
        if (!offer.isTopUp) throw rejected('The payment opens a session, and tops none up.');
        if (!isAddressEqual(seen.from, session.payer)) {
          throw rejected('Who has paid for a session tops it up: what is left goes back there.');
        }
        const authorized = await facilitator.verify(payload, requirements);
        transaction = await facilitator.fund(key, offer, authorized, 'top-up');
        // An earlier one may have been under way of which nobody knew: that one went out again.
        if (!(await facilitator.isUsed(seen))) throw unreachable('an earlier top-up was on its way');
      }
      await runner.takeIn(session);
      return transaction;
    } finally {
      this.#taking.delete(key);
    }
  }
}

/** What comes when nobody can use it any more only goes back. */
function demandTime({ state, endAskedAt, chain, quote }: PaidSession): void {
  const isLive = state === 'live' && endAskedAt === undefined && (chain.state === 'none' || chain.state === 'open');
  if (!isLive) throw new PoolError('deposit-spent', 'This session has ended: open another one.');
  const endsAt = chain.state === 'open' ? chain.openedAt + quote.maxSeconds : quote.openBefore;
  if (Date.now() / 1000 > endsAt - OFFER_SECONDS) {
    throw new PoolError('deposit-spent', 'The time of this session is nearly over: open another one.');
  }
}

/** As long as its first money was thought to last. */
function aboutSeconds({ quote, spendWei }: PaidSession, addedWei: bigint): number {
  if (quote.rate > 0n) return Number((addedWei * 9n) / (quote.rate * 10n));
  return spendWei > 0n ? Number((addedWei * BigInt(quote.maxSeconds)) / spendWei) : 0;
}

const rejected = (why: string): PoolError => new PoolError('payment-rejected', why);
