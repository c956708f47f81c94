import { expect, test } from 'vitest';
import { checkVault } from './check-vault.ts';
import { TEST_PAYER, testOffer } from './test-paid.ts';

const refused = expect.objectContaining({ kind: 'vault-differs' });

test('the vault that the contract would make for this offer is paid', () => {
  checkVault(testOffer(TEST_PAYER), TEST_PAYER);
  checkVault(testOffer(TEST_PAYER.toLowerCase()), TEST_PAYER.toUpperCase().replace('0X', '0x'));
});

test('another address is not, nor one of other terms, another contract or another chain', () => {
  const offer = testOffer(TEST_PAYER);
  const { terms } = offer.extra;
  const others = [
    { ...offer, payTo: `0x${'99'.repeat(20)}` },
    { ...offer, network: 'eip155:8453' },
    { ...offer, extra: { ...offer.extra, terms: { ...terms, escrow: `0x${'99'.repeat(20)}` } } },
    { ...offer, extra: { ...offer.extra, terms: { ...terms, quote: { ...terms.quote, fee: '60000' } } } },
  ];
  for (const other of others) expect(() => checkVault(other, TEST_PAYER)).toThrow(refused);
});

test('what is left would go to somebody else: it is not paid', () => {
  expect(() => checkVault(testOffer(TEST_PAYER), `0x${'66'.repeat(20)}`)).toThrow(refused);
  expect(() => checkVault(testOffer(`0x${'00'.repeat(20)}`), TEST_PAYER)).toThrow(refused);
});
