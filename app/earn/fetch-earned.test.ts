import { decodeFunctionData, getAddress, type Hex, parseAbi } from 'viem';
import { expect, test } from 'vitest';
import { callDataOf } from './fetch-earned.ts';

const ABI = parseAbi(['function claimAll(address member) returns (bool)', 'function downgrade(uint256 amount)']);
const address = getAddress(`0x${'3d'.repeat(20)}`);
const base = { chainId: 8453, address, to: `0x${'44'.repeat(20)}` };
const read = (data: string) => decodeFunctionData({ abi: ABI, data: data as Hex });

test('what waits at the pool is claimed for the address, whoever sends it', () => {
  expect(read(callDataOf(base))).toEqual({ functionName: 'claimAll', args: [address] });
});

test('USDCx is unwrapped to the wei', () => {
  const unwrapWei = 123_456_000_000_000_000n;
  expect(read(callDataOf({ ...base, unwrapWei }))).toEqual({ functionName: 'downgrade', args: [unwrapWei] });
});
