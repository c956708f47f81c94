// x402 over HTTP: what a 402 says, what a request pays with, and what an answer tells of the payment. No rules in here.
import {
  decodePaymentSignatureHeader,
  encodePaymentRequiredHeader,
  encodePaymentResponseHeader,
} from '@x402/core/http';
import { isPaymentPayloadV2 } from '@x402/core/schemas';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import type { Context } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { toOpenAiError } from '../http/open-ai-error.ts';
import type { Paid } from './payment-types.ts';

const MAX_HEADER_CHARS = 16_000;
const MAX_REPEAT_CHARS = 200;

/** 402 with what is to be signed. `error`: why a payment that came is none. */
export function paymentRequired(c: Context, requirements: PaymentRequirements, error: PoolError): Response {
  const { body } = toOpenAiError(error);
  const required = {
    x402Version: 2,
    error: error.message,
    resource: { url: c.req.url, description: 'Answers of a market pool', mimeType: 'application/json' },
    accepts: [requirements],
  };
  return c.json(body, 402, {
    'PAYMENT-REQUIRED': encodePaymentRequiredHeader(required),
    'Cache-Control': 'no-store',
    'x-should-retry': 'false',
  });
}

/** What a request pays with, if it does. Throws `payment-rejected` for what is no payment. */
export function readPayment(c: Context): PaymentPayload | undefined {
  const header = c.req.header('payment-signature');
  if (header === undefined) return undefined;
  try {
    if (header.length > MAX_HEADER_CHARS) throw new Error('too long');
    const payload: unknown = decodePaymentSignatureHeader(header);
    if (isPaymentPayloadV2(payload as PaymentPayload)) return payload as PaymentPayload;
  } catch {
    // Said below, without a stranger's words.
  }
  throw new PoolError('payment-rejected', 'The header PAYMENT-SIGNATURE is no payment of x402 version 2.');
}

/** What nobody else knows of a request, so that it may come again. */
export function repeatOf(c: Context): string | undefined {
  const repeat = c.req.header('idempotency-key');
  if (repeat !== undefined && repeat.length > MAX_REPEAT_CHARS) {
    throw new PoolError('bad-request', `An Idempotency-Key has at most ${MAX_REPEAT_CHARS} characters.`);
  }
  return repeat || undefined;
}

export function tellPaid(
  c: Context,
  { session, transaction }: Pick<Paid, 'session' | 'transaction'>,
  network: `${string}:${string}`,
): void {
  const response = { success: true, transaction, network, payer: session.payer, amount: String(session.amount) };
  c.header('PAYMENT-RESPONSE', encodePaymentResponseHeader(response));
  c.header('x-computepool-session', session.key);
  c.header('Cache-Control', 'no-store');
}
