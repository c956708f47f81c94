// A paid session, an offer and a payment for tests: a dollar for a stream, and five cents of fee.
import { type KeptQuote, keyOfQuote, quoteOfKept, vaultOfKey } from '../../protocol/quote.ts';
import type { PaidSession, Pending, Required, Requirements } from './shapes.ts';

export const TEST_POOL = 'a/b@main:q4/market';
export const TEST_PAYER = `0x${'33'.repeat(20)}`;
const ESCROW = `0x${'11'.repeat(20)}` as const;
const CHAIN_ID = 31337;

export function testPaid(fields: Partial<PaidSession> = {}): PaidSession {
  return {
    ...{ id: `0x${'ab'.repeat(32)}`, pool: TEST_POOL, mode: 'stream', payer: TEST_PAYER, reason: 'For a test.' },
    ...{ state: 'waiting', chain_id: CHAIN_ID, escrow: ESCROW, vault: `0x${'22'.repeat(20)}` },
    ...{ deposit_usdc: '1.05', fee_usdc: '0.05', spend_usdc: '1', earned_usdc: '0', left_usdc: '1' },
    ...{ streamed: null, refunded_usdc: null, refund_transaction: null, outcome: null, use_before: 4600, now: 1000 },
    ...fields,
  };
}

/** An offer whose vault is the one that its contract would make. */
export function testOffer(payer: string, fields: Partial<Requirements> = {}): Requirements {
  const quote: KeptQuote = {
    ...{ id: `0x${'01'.repeat(32)}`, payer: payer as `0x${string}`, pool: `0x${'44'.repeat(20)}` },
    ...{ rate: '1000000000000000', maxRate: '20000000000000000', fee: '50000', maxSeconds: 7200, openBefore: 2000 },
  };
  const at = { chainId: CHAIN_ID, escrow: ESCROW };
  return {
    ...{ scheme: 'exact', network: `eip155:${CHAIN_ID}`, asset: `0x${'55'.repeat(20)}`, amount: '1050000' },
    ...{ payTo: vaultOfKey(at, keyOfQuote(at, quoteOfKept(quote))), maxTimeoutSeconds: 300 },
    extra: {
      ...{ name: 'USD Coin', version: '2', offer: 'signed' },
      terms: {
        ...{ pool: TEST_POOL, mode: 'stream', why: 'For a test.', escrow: ESCROW, quote },
        ...{ spend: '1000000000000000000', seconds: 2400 },
      },
    },
    ...fields,
  };
}

export const testRequired = (accepted: Requirements): Required => ({
  ...{ x402Version: 2, resource: { url: 'http://test/v1/computepool/sessions' }, accepts: [accepted] },
});

export const testPending = (fields: Partial<Pending> = {}): Pending => ({
  ...{ path: '/v1/computepool/sessions', body: '{}', header: 'signed', repeat: 'mine', pool: TEST_POOL, signedAt: 1 },
  ...fields,
});

/** Answers of the server, in their order; what was asked is kept. */
export function fakeFetch(...answers: (Response | Error)[]) {
  const asked: { path: string; init: RequestInit }[] = [];
  const call = async (path: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    asked.push({ path: String(path), init });
    const next = answers.shift();
    if (!next) throw new Error(`Nothing is answered to ${String(path)}.`);
    if (next instanceof Error) throw next;
    return next;
  };
  return { call, asked };
}

export function offerResponse(accepted: Requirements, headers: Record<string, string> = {}): Response {
  const header = Buffer.from(JSON.stringify(testRequired(accepted))).toString('base64');
  return new Response('{}', { status: 402, headers: { 'payment-required': header, ...headers } });
}

export const failureResponse = (status: number, code: string): Response =>
  Response.json({ error: { message: `It is ${code}.`, code } }, { status });
