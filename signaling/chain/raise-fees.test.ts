import { parseTransaction } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { raiseFees } from './raise-fees.ts';

const account = privateKeyToAccount(generatePrivateKey());
const to = account.address;
const CALL = { chainId: 31337, nonce: 7, to, data: '0x1234', gas: 50_000n } as const;

test('a transaction is made dearer by an eighth, and stays what it is', async () => {
  const raw = await account.signTransaction({ ...CALL, maxFeePerGas: 800n, maxPriorityFeePerGas: 8n });
  const dearer = parseTransaction(await raiseFees(account, raw, {}));
  expect(dearer).toMatchObject({ ...CALL, to: to.toLowerCase(), maxFeePerGas: 901n, maxPriorityFeePerGas: 10n });
});

test('what gas costs now is offered where it is more', async () => {
  const raw = await account.signTransaction({ ...CALL, maxFeePerGas: 800n, maxPriorityFeePerGas: 8n });
  const now = { maxFeePerGas: 5_000n, maxPriorityFeePerGas: 3n };
  const dearer = parseTransaction(await raiseFees(account, raw, now));
  expect([dearer.maxFeePerGas, dearer.maxPriorityFeePerGas]).toEqual([5_000n, 10n]);
  const tip = parseTransaction(await raiseFees(account, raw, { maxPriorityFeePerGas: 2_000n }));
  expect([tip.maxFeePerGas, tip.maxPriorityFeePerGas]).toEqual([2_000n, 2_000n]);
});

test('on a chain with one price for gas that is raised', async () => {
  const raw = await account.signTransaction({ ...CALL, type: 'legacy', gasPrice: 5_000_000_000n });
  expect(parseTransaction(await raiseFees(account, raw, {})).gasPrice).toBe(5_625_000_001n);
});
