import { expect, test } from 'vitest';
import { PayFault } from './pay-fault.ts';
import { isUnknownChain, readWalletError } from './read-wallet-error.ts';

const kindOf = (thrown: unknown): string => readWalletError(thrown).kind;

test('what wallets say no with is told apart', () => {
  expect(kindOf({ code: 4001, message: 'User rejected the request.' })).toBe('rejected');
  expect(kindOf({ code: -32603, message: 'MetaMask Tx Signature: User denied message signature.' })).toBe('rejected');
  expect(kindOf({ code: -32002, message: 'Already processing.' })).toBe('asked-already');
  expect(kindOf({ code: 4100, message: 'Unauthorized.' })).toBe('locked');
  expect(kindOf({ code: 4900, message: 'Disconnected.' })).toBe('chain-away');
  expect(kindOf({ code: 4901, message: 'Chain disconnected.' })).toBe('chain-away');
});

test('an error that wraps another one is that other one', () => {
  expect(kindOf({ code: -32603, data: { originalError: { code: 4001 } } })).toBe('rejected');
  expect(kindOf(Object.assign(new Error('outer'), { cause: { code: 4100 } }))).toBe('locked');
  expect(isUnknownChain({ code: -32603, data: { originalError: { code: 4902 } } })).toBe(true);
  expect(isUnknownChain({ code: -32603, message: 'Unrecognized chain ID "0x14a34".' })).toBe(true);
  expect(isUnknownChain({ code: 4001 })).toBe(false);
});

test('whatever else it is keeps its words, and no more of them than fit', () => {
  const fault = readWalletError({ code: -1, message: 'x'.repeat(1000) });
  expect(fault.kind).toBe('refused');
  expect(fault.details.said).toHaveLength(200);
  expect(kindOf(undefined)).toBe('refused');
  expect(kindOf('no')).toBe('refused');
  const own = new PayFault('expired');
  expect(readWalletError(own)).toBe(own);
});

test('an error that is its own cause is read all the same', () => {
  const round: { code: number; cause?: unknown } = { code: -1 };
  round.cause = round;
  expect(kindOf(round)).toBe('refused');
});
