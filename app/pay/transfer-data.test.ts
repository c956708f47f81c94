// The stock client signs the same: its own code is the measure, and signatures of both are the same bytes.
import { decodePaymentSignatureHeader } from '@x402/core/http';
import { isPaymentPayloadV2 } from '@x402/core/schemas';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import type { TypedDataDefinition } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { testOffer, testRequired } from './test-paid.ts';
import { paymentHeader, transferOf, typedDataOf } from './transfer-data.ts';

const account = privateKeyToAccount(`0x${'07'.repeat(32)}`);

test('a wallet signs what the stock client has it sign', async () => {
  const accepted = testOffer(account.address);
  const stock = await new ExactEvmScheme(account).createPaymentPayload(2, accepted as PaymentRequirements);
  const { authorization, signature } = stock.payload as {
    authorization: { nonce: string; validBefore: string };
    signature: string;
  };
  const own = transferOf(accepted, account.address, Number(authorization.validBefore) - accepted.maxTimeoutSeconds);
  const transfer = { ...own, nonce: authorization.nonce };
  expect(transfer).toEqual(authorization);
  expect(await account.signTypedData(typedDataOf(accepted, transfer) as TypedDataDefinition)).toBe(signature);
});

test('the header is a payment of x402 version 2, whatever letters are in it', () => {
  const accepted = testOffer(account.address);
  accepted.extra.terms.why = 'Fürs Gespräch ✓';
  const authorization = transferOf(accepted, account.address, 1000);
  expect(authorization).toMatchObject({ validAfter: '0', validBefore: '1300', to: accepted.payTo, value: '1050000' });
  const header = paymentHeader(testRequired(accepted), accepted, { authorization, signature: '0x12' });
  const payment = decodePaymentSignatureHeader(header);
  expect(isPaymentPayloadV2(payment as PaymentPayload)).toBe(true);
  expect(payment).toMatchObject({ accepted, payload: { authorization, signature: '0x12' } });
});

test('no two transfers are the same', () => {
  const accepted = testOffer(account.address);
  const nonces = new Set(Array.from({ length: 20 }, () => transferOf(accepted, account.address, 1).nonce));
  expect(nonces.size).toBe(20);
});
