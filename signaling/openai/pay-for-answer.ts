// A stranger asks a market pool: 402 with what the answer may cost at most, and with a payment the answer. What is not earned goes back.
import type { Context } from 'hono';
import type { Hex } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { Caller } from '../http/api-types.ts';
import { addressOf } from '../http/rate-limit.ts';
import type { JobService } from '../jobs/job-types.ts';
import { type OwnerId, paidOwner } from '../ledger/owner.ts';
import { weiOfPico } from '../payments/amounts.ts';
import { paymentRequired, readPayment, repeatOf, tellPaid } from '../payments/payment-headers.ts';
import type { Payments } from '../payments/payments.ts';
import { makeSessionKey } from '../payments/session-keys.ts';
import { demandMode } from './begin-answer.ts';
import type { PreparedRequest } from './prepare-request.ts';

export interface AnswerPaymentOptions {
  jobs: Pick<JobService, 'quote'>;
  trustedProxies: number;
}

const NOBODY = paidOwner('0x0');

/** Whoever has paid for one answer, and who gives back what is left where none comes of it. */
export interface PayingCaller extends Caller {
  giveBack(why: unknown): Promise<void>;
}

/**
 * Who asks once more what it has paid for, by the same payment and `Idempotency-Key`: what was answered is its own, also when the
 * deposit is spent. Undefined for anybody else. `tell` says in the answer's headers what was paid.
 */
export async function paidAgain(payments: Payments, c: Context): Promise<{ owner: OwnerId; tell(): void } | undefined> {
  const repeat = repeatOf(c);
  if (repeat === undefined) return undefined;
  try {
    const payload = readPayment(c);
    if (!payload) return undefined;
    const { key, text } = payments.offers.keyIn(payload);
    const session = await payments.bySecret(makeSessionKey(key, repeat, text));
    if (!session) return undefined;
    const [funded] = await payments.logOf(session);
    const transaction = (funded?.hash ?? '0x') as Hex;
    return {
      owner: paidOwner(session.key),
      tell: () => tellPaid(c, { session, transaction }, payments.network),
    };
  } catch (thrown) {
    // What is no payment is told by whoever takes it.
    if (PoolError.from(thrown).status === 402) return undefined;
    throw thrown;
  }
}

/** Whoever has paid, or the 402. Throws `not-logged-in` where credits pay. */
export async function payForAnswer(
  payments: Payments,
  c: Context,
  prepared: PreparedRequest,
  { jobs, trustedProxies }: AnswerPaymentOptions,
): Promise<PayingCaller | Response> {
  const { pool } = prepared.order;
  if (!payments.isMarket(pool)) throw new PoolError('not-logged-in', 'This needs somebody who is logged in.');
  const address = addressOf(c, trustedProxies);
  const { maxMicros, plan } = await jobs.quote({ ...prepared.order, payer: NOBODY, address });
  // Before anything is paid: a quote is free, and what cannot be had is not sold.
  if (prepared.isDryRun) return { owner: NOBODY, confirm: async () => {}, giveBack: async () => {} };
  if (prepared.mode !== 'auto') demandMode(prepared.mode, plan);
  const demand = async (error: PoolError): Promise<Response> =>
    paymentRequired(c, await payments.offer(pool, 'answer', { answerPico: Math.max(1, maxMicros) }), error);
  try {
    const payload = readPayment(c);
    if (!payload) throw new PoolError('payment-required', 'This pool’s operators are paid in USDC for each answer.');
    const aim = await payments.aimOf(payload);
    if (aim.kind !== 'answer' || aim.pool !== pool || aim.spendWei < weiOfPico(maxMicros)) {
      throw new PoolError('payment-rejected', 'The payment is for less, or for something else.');
    }
    const paid = await payments.take(payload, repeatOf(c));
    tellPaid(c, paid, payments.network);
    const giveBack = (why: unknown): Promise<void> =>
      payments.giveBack(paid.session, PoolError.from(why).code !== 'cancelled');
    return { owner: paidOwner(paid.session.key), confirm: async () => {}, giveBack };
  } catch (thrown) {
    const error = PoolError.from(thrown);
    if (error.status !== 402) throw thrown;
    return demand(error);
  }
}
